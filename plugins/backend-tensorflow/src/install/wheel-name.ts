import type { Platform } from '../library/platform.ts';

/** What a wheel's file name says (PEP 427). */
export interface WheelName {
  /** Normalised: lower case, words joined by `-`. */
  readonly project: string;
  readonly version: string;
  /** The systems that it is made for, e.g. `manylinux_2_17_x86_64`. */
  readonly platforms: readonly string[];
}

/** @returns undefined for a name that is no wheel's */
export function parseWheelName(filename: string): WheelName | undefined {
  const parts = /^(.+)\.whl$/.exec(filename)?.[1]?.split('-');
  if (!parts || parts.length < 5 || parts.length > 6) return undefined;
  return { project: normalise(parts[0]!), version: parts[1]!, platforms: parts.at(-1)!.split('.') };
}

/** A project's name as the index spells it (PEP 503). */
export function normalise(project: string): string {
  return project.toLowerCase().replace(/[-_.]+/g, '-');
}

const machines: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };
/** Older names of what is now written as the version of the C library. */
const namedManylinux: Readonly<Record<string, string>> = { manylinux1: '2_5', manylinux2010: '2_12', manylinux2014: '2_17' };

/**
 * Whether libraries made for `tag` load here.
 *
 * @param glibc the version of this system's C library, e.g. `2.36`; undefined where it is not known
 */
export function fitsPlatform(tag: string, { os, arch }: Platform, glibc: string | undefined): boolean {
  if (os === 'darwin') return new RegExp(`^macosx_\\d+_\\d+_(${arch === 'x64' ? 'x86_64' : arch}|universal2)$`).test(tag);
  const machine = machines[arch];
  if (os !== 'linux' || machine === undefined || !tag.endsWith(`_${machine}`)) return false;
  const name = tag.slice(0, -machine.length - 1);
  if (name === 'linux') return true;
  const needed = namedManylinux[name] ?? /^manylinux_(\d+_\d+)$/.exec(name)?.[1];
  return needed !== undefined && (glibc === undefined || Number(needed.split('_')[1]) <= Number(glibc.split('.')[1]));
}
