import { schemaProblems } from '../plugin/schema-problems.ts';
import { configSchema } from './config-schema.ts';

/** Every mistake in a config's shape, as `path: what is wrong`. Empty when there is none. */
export function shapeProblems(config: unknown): readonly string[] {
  const result = configSchema.safeParse(config);
  return result.success ? [] : schemaProblems({ schema: configSchema, issues: result.error.issues, value: config });
}
