import { z } from 'zod';
import { suggest } from '../errors/suggest.ts';
import { configSchema } from './config-schema.ts';

/** Every mistake in a config's shape, as `path: what is wrong`. Empty when there is none. */
export function shapeProblems(config: unknown): readonly string[] {
  const result = configSchema.safeParse(config);
  return result.success ? [] : result.error.issues.flatMap((issue) => problemsOf(issue, []));
}

function problemsOf(issue: z.core.$ZodIssue, above: readonly PropertyKey[]): readonly string[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const likely = suggest(key, knownKeys(path));
      return `${[...path, key].map(String).join('.')}: unknown key${likely ? `, did you mean '${likely}'?` : ''}`;
    });
  }
  if (issue.code === 'invalid_union') {
    const meant = variantMeant(issue.errors);
    if (meant.length > 0 && (issue.message === 'Invalid input' || meant.some(isInside))) return meant.flatMap((inner) => problemsOf(inner, path));
  }
  return [`${path.map(String).join('.') || 'config'}: ${issue.message.replace(/^Invalid input: /, '')}`];
}

/** The variant that got inside the value, for it has the right kind; of several, the one with the fewest mistakes. */
function variantMeant(variants: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  const inside = variants.filter((issues) => issues.some(isInside));
  return [...(inside.length > 0 ? inside : variants)].sort((a, b) => a.length - b.length)[0] ?? [];
}

function isInside(issue: z.core.$ZodIssue): boolean {
  return issue.path.length > 0 || issue.code === 'unrecognized_keys';
}

/** The keys that the config may have at a path. */
function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let schema: z.ZodType | undefined = configSchema;
  for (const key of path) schema = schema && child(unwrap(schema), String(key));
  const own = schema && unwrap(schema);
  return own instanceof z.ZodObject ? Object.keys(own.shape) : own instanceof z.ZodUnion ? own.options.flatMap((option) => (option instanceof z.ZodObject ? Object.keys(option.shape) : [])) : [];
}

function unwrap(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap() as z.ZodType) : schema;
}

function child(schema: z.ZodType, key: string): z.ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[key] as z.ZodType | undefined;
  if (schema instanceof z.ZodRecord) return schema.valueType as z.ZodType;
  if (schema instanceof z.ZodUnion) return schema.options.map((option) => child(unwrap(option as z.ZodType), key)).find(Boolean);
  return undefined;
}

