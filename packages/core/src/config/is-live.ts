/** Methods by which a model, a data set, a graph model or a plugin is known. */
const METHODS: readonly string[] = ['read', 'call', 'execute', 'apply'];

/** What only code can give (functions, models, data sets, plugins), told by what it can do. */
export function isLive(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'function';
  const can = value as Readonly<Record<string, unknown>>;
  return ArrayBuffer.isView(value) || METHODS.some((method) => typeof can[method] === 'function') || 'strategies' in value;
}
