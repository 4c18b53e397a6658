import { shown } from '../errors/shown.ts';

/** Tells what a strategy did that it must not do. `cause` is what it threw. */
export type Refuse = (problem: string, cause?: Error) => never;

/** Knobs as a strategy gave them, which are numbers. @param at the step, as its kind counts steps */
export function finiteKnobs(knobs: unknown, at: number, refuse: Refuse): Readonly<Record<string, number>> {
  if (typeof knobs !== 'object' || knobs === null) return refuse(`knobs gave ${kindOf(knobs)} at step ${at}, expected numbers by name`);
  for (const [name, value] of Object.entries(knobs)) finiteNumber(value, `its knob '${name}'`, at, refuse);
  return knobs as Readonly<Record<string, number>>;
}

/** @param what the sentence's subject */
export function finiteNumber(value: unknown, what: string, at: number, refuse: Refuse): number {
  return Number.isFinite(value) ? (value as number) : refuse(`${what} is ${kindOf(value)} at step ${at}, expected a finite number`);
}

/** What a value is, for messages. */
export function kindOf(value: unknown): string {
  return value === undefined ? 'nothing' : shown(value);
}
