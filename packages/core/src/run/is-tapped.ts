/** Whether anybody listens. tapable's own answer counts interceptors, and every hook has the one that names its taps. */
export function isTapped({ taps }: { readonly taps: readonly unknown[] }): boolean {
  return taps.length > 0;
}
