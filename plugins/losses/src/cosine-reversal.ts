/** 0 at epoch 0, −strength from `epochs` on, half a cosine wave between. */
export function cosineReversal(epoch: number, epochs: number, strength: number): number {
  return (-strength / 2) * (1 - Math.cos((Math.PI * Math.min(epoch, epochs)) / epochs));
}
