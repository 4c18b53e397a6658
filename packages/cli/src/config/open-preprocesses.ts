import type { KdConfig, Loader, Mistakes } from '@kd/core';
import { isPlainObject } from './origins.ts';

/** The config with the functions of modules in the place of their paths, wherever a model has a `preprocess` of its own. */
export async function openPreprocesses(config: KdConfig, loader: Loader, mistakes: Mistakes): Promise<KdConfig> {
  const opened = async (holder: unknown, where: string): Promise<unknown> => {
    if (!isPlainObject(holder) || typeof holder['preprocess'] !== 'string') return holder;
    const path = holder['preprocess'];
    return { ...holder, preprocess: (await mistakes.attemptLater(() => loader.load(path, `${where}.preprocess`))) ?? path };
  };
  const { teachers, student } = config;
  const named = isPlainObject(teachers) ? Object.entries(teachers) : [];
  const entries = await Promise.all(named.map(async ([id, teacher]) => [id, await opened(teacher, `teachers.${id}`)] as const));
  return { ...config, ...(named.length > 0 && { teachers: Object.fromEntries(entries) }), ...(student !== undefined && { student: await opened(student, 'student') }) } as KdConfig;
}
