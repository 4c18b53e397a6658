import { shown } from '../errors/shown.ts';

/** What is given in the place of a data set, where it is none; undefined for a data set. Its values are another check. */
export function datasetProblem(value: unknown): string | undefined {
  if (!isObject(value)) return shown(value);
  const { size, inputs, labels } = value;
  const lacking = ['size', 'id', 'inputs', 'labels', 'read'].filter((member) => value[member] === undefined);
  if (lacking.length > 2) return `an object with ${Object.keys(value).slice(0, 6).join(', ') || 'nothing in it'}`;
  if (lacking.length > 0) return `a data set without ${lacking.join(' and ')}`;
  if (!Number.isSafeInteger(size) || (size as number) < 0) return `a data set whose size is ${shown(size)}`;
  for (const method of ['id', 'read']) if (typeof value[method] !== 'function') return `a data set whose ${method} is ${shown(value[method])}, no function`;
  if (!isObject(inputs)) return `a data set whose inputs are ${shown(inputs)}`;
  if (!isObject(labels)) return `a data set whose labels are ${shown(labels)}`;
  const odd = Object.keys(inputs).find((name) => !isSpec(inputs[name]));
  return odd === undefined ? undefined : `a data set whose input '${odd}' has no shape and dtype ('float32' or 'int32')`;
}

/** What stands in the place of a sample's id, where it is no text. */
export function idProblem(id: unknown, row: number): string | undefined {
  return typeof id === 'string' ? undefined : `a data set whose id of row ${row} is ${shown(id)}, no text`;
}

/** What `read` gave back, where that is not nothing: its values would be lost, for it is to write them. */
export function readProblem(given: unknown, out: unknown): string | undefined {
  return given === undefined || given === out ? undefined : `a data set whose read returned ${shown(given)}; it is to write the values into its third argument`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSpec(value: unknown): boolean {
  return isObject(value) && Array.isArray(value['shape']) && value['shape'].every((side) => Number.isSafeInteger(side) && (side as number) >= 0)
    && (value['dtype'] === 'float32' || value['dtype'] === 'int32');
}
