import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { fromLayersModel } from '@kd/core';
import { beforeAll, expect, it } from 'vitest';
import { loadLayersModel } from '../../src/models/load-layers-model.ts';
import { openRun } from '../../src/run/run-folder.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { answer, smallModel } from './small-model.ts';

beforeAll(() => tf.setBackend('cpu'));

it('the model that a run saved is written again where another one lies in its place', async () => {
  const folder = join(temporaryFolder(), 'run');
  const warnings: string[] = [];
  const run = await openRun(folder, (message) => void warnings.push(message));
  const [mine, other] = [smallModel(), smallModel()];
  await run.workspace.remember('distill', 'inputs', { record: null }, fromLayersModel(mine));
  await run.workspace.restore!('distill', fromLayersModel(mine));
  expect(warnings).toEqual([]);
  await run.workspace.remember('distill', 'inputs', { record: null }, fromLayersModel(other));
  await run.workspace.restore!('distill', fromLayersModel(mine));
  expect(warnings).toEqual([expect.stringMatching(/student.model\.json holds other weights than those that were made\. It is written again\./)]);
  expect(answer((await loadLayersModel(join(folder, 'student', 'model.json'))).model)).toEqual(answer(mine));
  await run.close();
});
