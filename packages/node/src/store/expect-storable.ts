import { kdError, signalKeys } from '@kd/core';
import { largestFloat16 } from '../safetensors/float16.ts';
import type { ShardColumn } from './shard-columns.ts';

/** Where a mass may be zero, its log is -∞; float16 and float32 both have it. */
const logsOfMass: ReadonlySet<string> = new Set([signalKeys.tail, signalKeys.logProbabilities]);

const largestFloat32 = 3.4028235e38;

/** What each type can hold. */
const ranges = {
  float16: [-largestFloat16, largestFloat16], float32: [-largestFloat32, largestFloat32],
  int32: [-(2 ** 31), 2 ** 31 - 1], uint16: [0, 65535], uint8: [0, 255],
} as const;

/** @throws KD_DATA_LENGTH where a key has not as many values as `rows` samples have */
export function expectLengths(columns: readonly ShardColumn[], rows: number, values: Readonly<Record<string, ArrayLike<number>>>): void {
  for (const { key, width } of columns) {
    const received = Object.hasOwn(values, key) ? values[key]!.length : 0;
    if (received !== rows * width) throw kdError('KD_DATA_LENGTH', { what: `'${key}' of ${rows} samples`, expected: rows * width, received });
  }
}

/** @throws KD_DATA_LENGTH where more samples are answered than the store has */
export function expectRoom(teacher: string, columns: readonly ShardColumn[], answered: number, samples: number): void {
  if (answered <= samples) return;
  const [{ key, width } = { key: 'nothing', width: 1 }] = columns;
  throw kdError('KD_DATA_LENGTH', { what: `'${key}' of teacher '${teacher}', with what came before,`, expected: samples * width, received: answered * width });
}

/**
 * Refuses numbers that a key's type cannot hold.
 *
 * @param idOf the id of the sample that so many samples come before, of those given
 * @throws KD_STORE_VALUE
 */
export function expectStorable(teacher: string, { key, spec: { dtype }, width }: ShardColumn, values: ArrayLike<number>, idOf: (sample: number) => string): void {
  const [lowest, highest] = ranges[dtype];
  const whole = dtype !== 'float16' && dtype !== 'float32';
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value === -Infinity && logsOfMass.has(key) && !whole) continue;
    if (value >= lowest && value <= highest && (!whole || Number.isInteger(value))) continue;
    const problem = Number.isFinite(value) ? `is ${value}, which ${dtype} cannot hold` : `is ${value}`;
    throw kdError('KD_STORE_VALUE', { teacher, key, id: idOf(Math.floor(i / width)), problem });
  }
}
