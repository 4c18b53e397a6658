import { beforeAll, expect, test } from 'vitest';
import { distill, startWasm, StopSignal } from '../../src/index.ts';
import { config, failure } from '../small-task.ts';

beforeAll(() => startWasm());

test('a run that is asked to stop twice says why it was first, and takes no further step', async () => {
  const stop = new StopSignal();
  expect(stop.requested).toBeUndefined();
  stop.request('SIGTERM');
  stop.request('SIGINT');
  const { details } = await failure(() => distill(config(), { stop }), 'KD_STOPPED');
  expect(details).toMatchObject({ signal: 'SIGTERM', step: 0 });
});
