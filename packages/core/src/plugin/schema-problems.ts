import type { StandardSchemaV1 } from '@standard-schema/spec';
import { z } from 'zod';
import { listOf } from '../errors/wording.ts';
import { shown } from '../errors/shown.ts';
import { suggest } from '../errors/suggest.ts';

/** What a schema found wrong with a value: its own issues, zod's or those of any Standard Schema. */
export interface FoundWrong {
  readonly schema: unknown;
  readonly issues: readonly (z.core.$ZodIssue | StandardSchemaV1.Issue)[];
  readonly value: unknown;
  /** Keys that may stand beside those of the schema. */
  readonly alsoKnown?: readonly string[];
}

/** Every mistake as `path: what is expected, what was received`; the value as a whole has no path. */
export function schemaProblems({ schema, issues, value, alsoKnown = [] }: FoundWrong): readonly string[] {
  const told = (issue: z.core.$ZodIssue | StandardSchemaV1.Issue, above: readonly PropertyKey[]): readonly string[] => {
    const path = [...above, ...(issue.path ?? []).map((key) => (typeof key === 'object' ? key.key : key))];
    if (!('code' in issue)) return [at(path, issue.message)];
    if (issue.code === 'unrecognized_keys') {
      const known = [...knownKeys(schema, path), ...(path.length === 0 ? alsoKnown : [])];
      return issue.keys.map((key) => at([...path, key], unknownKey(key, known)));
    }
    if (issue.code === 'invalid_union') {
      const meant = variantMeant(issue.errors);
      if (meant.length > 0 && (issue.message === 'Invalid input' || meant.some(isInside))) return meant.flatMap((inner) => told(inner, path));
    }
    return [at(path, sentence(issue, valueAt(value, path)))];
  };
  return issues.flatMap((issue) => told(issue, []));
}

function at(path: readonly PropertyKey[], problem: string): string {
  return path.length === 0 ? problem : `${path.map(String).join('.')}: ${problem}`;
}

function unknownKey(key: string, known: readonly string[]): string {
  const likely = suggest(key, known);
  return `unknown key${likely ? `, did you mean '${likely}'?` : known.length > 0 ? `; known are ${listOf(known)}` : ''}`;
}

/** The variant that got inside the value, for it has the right kind; of several, the one with the fewest mistakes. */
function variantMeant(variants: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  const inside = variants.filter((issues) => issues.some(isInside));
  return [...(inside.length > 0 ? inside : variants)].sort((a, b) => a.length - b.length)[0] ?? [];
}

function isInside(issue: z.core.$ZodIssue): boolean {
  return issue.path.length > 0 || issue.code === 'unrecognized_keys';
}

/** What zod's kinds of values are called. */
const kinds: Readonly<Record<string, string>> = {
  int: 'a whole number', number: 'a number', string: 'text', boolean: 'true or false',
  array: 'a list', tuple: 'a list', object: 'values by name', record: 'values by name',
};

/** zod's words without its headings, and with the value. */
function sentence(issue: z.core.$ZodIssue, value: unknown): string {
  const said = expectation(issue) ?? issue.message.replace(/^(?:Invalid|Too) [a-z]+: /, '');
  return said.startsWith('expected ') && !said.includes(', received ') ? `${said}, received ${shown(value)}` : said;
}

function expectation(issue: z.core.$ZodIssue): string | undefined {
  if (issue.code === 'invalid_type') return `expected ${kinds[issue.expected] ?? issue.expected}`;
  if (issue.code === 'too_small' && isNumber(issue.origin)) return `expected a number ${issue.inclusive ? 'of at least' : 'greater than'} ${issue.minimum}`;
  if (issue.code === 'too_big' && isNumber(issue.origin)) return `expected a number ${issue.inclusive ? 'of at most' : 'less than'} ${issue.maximum}`;
  return undefined;
}

function isNumber(origin: string): boolean {
  return origin === 'number' || origin === 'int';
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined), value);
}

/** The keys that a zod schema knows at a path; none of another library's. */
function knownKeys(schema: unknown, path: readonly PropertyKey[]): readonly string[] {
  let own: unknown = schema;
  for (const key of path) own = child(unwrap(own), String(key));
  own = unwrap(own);
  return own instanceof z.ZodObject ? Object.keys(own.shape) : own instanceof z.ZodUnion ? own.options.flatMap((option) => (option instanceof z.ZodObject ? Object.keys(option.shape) : [])) : [];
}

function unwrap(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? unwrap(schema.unwrap()) : schema;
}

function child(schema: unknown, key: string): unknown {
  if (schema instanceof z.ZodObject) return schema.shape[key];
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodUnion) return schema.options.map((option) => child(unwrap(option), key)).find(Boolean);
  return undefined;
}
