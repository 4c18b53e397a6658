/** Teachers' weights among each other, mean 1: what a closed teacher had goes to the open ones. */
export function sharesOf(trusts: readonly number[]): number[] {
  if (Math.max(0, ...trusts) <= 1e-6) return trusts.map(() => 1);
  const sum = trusts.reduce((total, trust) => total + trust, 0);
  return trusts.map((trust) => (trusts.length * trust) / sum);
}
