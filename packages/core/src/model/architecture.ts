import type { LayersModel } from '@tensorflow/tfjs-layers';

/**
 * A layers model's layers, settings and connections as plain data. Names that TensorFlow.js counts up differ from process
 * to process, so layers are named by their places.
 */
export function architectureOf(model: LayersModel): unknown {
  const places = new Map(model.layers.map(({ name }, place) => [name, `layer ${place}`]));
  const renamed = (value: unknown): unknown => {
    if (typeof value === 'string') return places.get(value) ?? value;
    if (Array.isArray(value)) return value.map(renamed);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, renamed(inner)]));
  };
  const { config } = model.toJSON(null, false) as { config: unknown };
  const { name: _, ...rest } = (Array.isArray(config) ? { layers: config } : config) as Record<string, unknown>;
  return renamed(rest);
}
