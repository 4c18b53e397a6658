import { kdError } from '@kd/core';
import { compareVersions } from '../library/versions.ts';

/** Another project that a wheel asks for, and which of its versions will do. */
export interface Requirement {
  readonly project: string;
  /** As written: `>=12.5.3.2,<13.0`. */
  readonly specifier: string;
  readonly accepts: (version: string) => boolean;
}

/**
 * What a wheel asks for under one of its extras.
 *
 * @param metadata the text of its METADATA
 * @param label how messages call the wheel
 * @throws KD_FILE_INVALID for a condition that is none of `==`, `!=`, `>=`, `<=`, `>`, `<`
 */
export function requirementsOf(metadata: string, extra: string, label: string): readonly Requirement[] {
  const found: Requirement[] = [];
  for (const [, project, specifier, marker] of metadata.matchAll(/^Requires-Dist: ([\w.-]+)\s*\(?([^;)\r\n]*)\)?\s*;([^\r\n]*)/gm)) {
    if (!new RegExp(`extra == ['"]${extra}['"]`).test(marker!)) continue;
    const conditions = specifier!.split(',').map((text) => text.trim()).filter((text) => text !== '').map((text) => conditionOf(text, label));
    found.push({ project: project!, specifier: specifier!.trim(), accepts: (version) => conditions.every((holds) => holds(version)) });
  }
  return found;
}

/** What each operator asks of the order of a version and the limit. */
const holds: Readonly<Record<string, (order: number) => boolean>> = {
  '==': (order) => order === 0, '!=': (order) => order !== 0, '>=': (order) => order >= 0,
  '<=': (order) => order <= 0, '>': (order) => order > 0, '<': (order) => order < 0,
};

function conditionOf(text: string, label: string): (version: string) => boolean {
  const [, operator, limit] = /^(==|!=|>=|<=|>|<)\s*(\d+(?:\.\d+)*)$/.exec(text) ?? [];
  if (operator === undefined || limit === undefined) throw kdError('KD_FILE_INVALID', { file: label, expected: 'wheel', problem: `kd cannot read '${text}' in its METADATA` });
  return (version) => holds[operator]!(compareVersions(version, limit));
}
