import { join } from 'node:path';
import { LOADER, openData, resolveConfig, runStages, ServiceContainer, silent, startBackend, StopSignal, type Dataset, type KdConfig, type Plugin, type ResolvedConfig, type Summary, type TeacherConfig } from '@kd/core';
import { loadConfig } from '../../packages/cli/src/config/load-config.ts';
import { BASE_FOLDER, fileLoader, nodePlugin, openRun } from '../../packages/node/src/index.ts';
import adaptiveAlpha from '../../plugins/adaptive-alpha/src/index.ts';
import { temporaryFolder } from '../../packages/node/test/temporary-folder.ts';

const TEST_ROWS = 200;

/** Runs an example's own config, on its own models, for two steps of its own batch size. */
export async function twoSteps(example: string): Promise<Summary> {
  const folder = join(import.meta.dirname, '../../examples', example);
  const { config, plugins: own } = await loadConfig({ from: folder, environment: {}, overrides: [] });
  const plugins = [nodePlugin, ...own, ...(own.some(({ name }) => name === 'adaptive-alpha') ? [] : [adaptiveAlpha])];
  const data = await openData(resolve(config, plugins, folder));
  const resolved = resolve(shortened(config, data.train, data.test!), plugins, folder);
  const { backend } = await startBackend(resolved);
  const run = await openRun(temporaryFolder());
  try {
    const { summary } = await runStages(resolved, { workspace: run.workspace, reporter: silent, stop: new StopSignal(), backend: backend.name, versions: {} });
    return summary!;
  } finally {
    await run.close();
  }
}

function resolve(config: KdConfig, plugins: readonly Plugin[], folder: string): ResolvedConfig {
  const services = new ServiceContainer().provide(LOADER, fileLoader(folder)).provide(BASE_FOLDER, folder);
  return resolveConfig(config, { plugins, services });
}

function shortened(config: KdConfig, train: Dataset, test: Dataset): KdConfig {
  const once = (teacher: TeacherConfig): TeacherConfig => (teacher.train ? { ...teacher, train: { ...(teacher.train === true ? {} : teacher.train), epochs: 1 } } : teacher);
  const rows = 2 * (config.train?.batchSize ?? 128);
  const { labelled } = config.data;
  return {
    ...config,
    data: { train: some(train, rows), test: some(test, TEST_ROWS), ...(labelled === undefined ? {} : { labelled: Math.min(labelled, rows / 2) }) },
    teachers: Object.fromEntries(Object.entries(config.teachers ?? {}).map(([id, teacher]) => [id, once(teacher)])),
    train: { ...config.train, epochs: 1 },
    compare: {},
  };
}

/** Samples from all over a data set, so that every class is among them. */
function some(dataset: Dataset, size: number): Dataset {
  const row = (i: number): number => Math.floor((i * dataset.size) / size);
  const labels = Object.entries(dataset.labels).map(([space, values]) => [space, Int32Array.from({ length: size }, (_, i) => values[row(i)]!)]);
  return {
    size,
    id: (i) => dataset.id(row(i)),
    inputs: dataset.inputs,
    labels: Object.fromEntries(labels),
    read: (input, rows, out) => dataset.read(input, Array.from(rows, row), out),
  };
}
