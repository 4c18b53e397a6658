import { isLive } from '@kd/core';

/** A value of a config as it can be printed: models, data sets and functions by what they are. */
function plainValue(value: unknown): unknown {
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${'length' in value ? String(value.length) : value.byteLength}`;
  if (!isLive(value)) return value;
  if ('strategies' in value || ('apply' in value && 'name' in value && !('call' in value))) return `plugin ${String((value as { name?: unknown }).name)}`;
  return 'read' in value && 'size' in value ? `data set of ${String(value.size)} samples` : 'a model';
}

/** Any part of a config as JSON text. */
export function plainText(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_, inner: unknown) => plainValue(inner), indent) ?? String(value);
}
