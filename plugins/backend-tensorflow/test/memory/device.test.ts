import * as tf from '@tensorflow/tfjs-core';
import { configureBackend, KdError, type Backend, type DeviceSettings } from '@kd/core';
import { describe, expect, it } from 'vitest';
import { configProto } from '../../src/binding/config-proto.ts';
import { tensorflow } from '../../src/index.ts';
import type { TensorflowBackend } from '../../src/kernel-backend.ts';
import { describeNative, library } from '../native.ts';

const backend = (): Backend => tensorflow.create({ xla: false, eager: true, impure: 'eager', library }, { base: process.cwd() });

function configured(settings: DeviceSettings): Backend {
  const made = backend();
  configureBackend(made, settings);
  return made;
}

async function refusal(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    expect(error).toBeInstanceOf(KdError);
    expect((error as KdError).code).toBe('KD_BACKEND_SETTING');
    return (error as KdError).message;
  }
  throw new Error('nothing was refused');
}

describe('device settings', () => {
  it('that are none are named before anything starts', async () => {
    expect(await refusal(() => configured({ device: 'tpu' }))).toContain("device 'tpu': its devices are called 'cpu', 'gpu', 'gpu:1'");
    expect(await refusal(() => configured({ device: 'cpu:1000000' }))).toContain("device 'cpu:1000000'");
    expect(tensorflow.options!['~standard'].validate({ threads: 1_000_000 })).toMatchObject({ issues: [{ path: ['threads'] }] });
    expect(await refusal(() => configured({ allocator: 'malloc' }))).toContain("allocator 'malloc': it has BFC and cuda_malloc_async");
  });

  it('are an error on a backend that has none, but for growth, which holds there', async () => {
    const { configure: _, ...plain } = backend();
    expect(await refusal(() => configureBackend(plain, { limitBytes: 5 }))).toContain('a limit of 5 bytes: it has no settings');
    configureBackend(plain, { growth: true });
  });

  it('reach TensorFlow as fields of its ConfigProto', () => {
    const bytes = configProto({ growth: true, limitBytes: 2 ** 30, visibleGpus: '1', allocator: 'cuda_malloc_async' });
    // gpu_options { allow_growth, visible_device_list, experimental { virtual_devices { memory_limit_mb: 1024 }, use_cuda_malloc_async, disallow_retry_on_allocation_failure } }
    expect(Buffer.from(bytes).toString('hex')).toBe('3213' + '2001' + '2a0131' + '4a0c' + '0a060a0400008044' + '5801' + '6001');
  });
});

describeNative('a device that was asked for', () => {
  it('and is not there is an error, and another may be asked for then', async () => {
    if (process.env['KD_TEST_CUDA'] === undefined) expect(await refusal(() => configured({ device: 'gpu:7' }).start())).toMatch(/device 'gpu:7': TensorFlow finds only CPU:0 here/);
    const second = configured({ device: 'cpu:1', limitBytes: 3e6 });
    await second.start();
    const { runtime } = tf.backend() as unknown as TensorflowBackend;
    expect(runtime.devices.map(({ name }) => name.split('device:')[1])).toEqual(['CPU:0', 'CPU:1']);
    const x = tf.ones([400, 400]);
    const sum = tf.sum(x);
    expect(sum.dataSync()[0]).toBe(160000);
    const kept = [x, sum];
    expect(() => {
      for (;;) kept.push(tf.add(x, 1));
    }).toThrow(/AddV2 ran out of memory: 640000 bytes more than the \d+ that are held would pass the limit of 3000000 bytes/);
    expect(kept).toHaveLength(5);
    expect(second.memory().bytes).toBeLessThanOrEqual(3e6);
    kept.forEach((tensor) => tensor.dispose());
    expect(second.memory().bytes).toBe(0);
    expect(await refusal(() => configured({ device: 'cpu' }).start())).toContain('takes settings only before its first tensor');
  });
});
