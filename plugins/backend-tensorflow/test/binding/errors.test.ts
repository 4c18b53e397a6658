import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import type { Backend } from '@kd/core';
import type { TensorflowBackend } from '../../src/kernel-backend.ts';
import { describeNative, startNative } from '../native.ts';

// Each of these has a way to crash the process, were it handed on unchecked: this file runs in a process of its own.
describeNative('a mistake is an error with a message, and never a crash', () => {
  let started: Backend;
  let backend: TensorflowBackend;
  beforeAll(async () => {
    started = await startNative();
    backend = tf.findBackend('tensorflow') as TensorflowBackend;
  });

  const float = { name: 'T', type: 4, value: 1 };
  const mistakes: Readonly<Record<string, readonly [() => unknown, RegExp]>> = {
    'a tensor that was disposed': [() => {
      const x = tf.relu(tf.tensor1d([1, 2]));
      x.dispose();
      return x.dataSync();
    }, /disposed/],
    'an operation on a tensor that was disposed': [() => {
      const x = tf.tensor1d([1, 2]);
      x.dispose();
      return tf.add(x, 1);
    }, /^AddV2 was given a tensor of shape \[2\] that has been disposed\.$/],
    "a kernel's tensor whose values are gone": [() => {
      const x = tf.relu(tf.tensor1d([1, 2]));
      backend.disposeData(x.dataId, true);
      return tf.square(x);
    }, /not exist|not registered|undefined|disposed/],
    'a handle that is gone': [() => {
      const id = backend.runtime.tensors.create([1], 1, [1]);
      backend.runtime.handles.delete(id);
      return backend.runtime.execute('Square', [float], [id], 1);
    }, /Square was given a tensor that has been disposed/],
    'matrices that do not fit': [() => backend.executeSingleOutput('MatMul', [float], [tf.ones([2, 3]), tf.ones([4, 5])]), /MatMul: Matrix size-incompatible: In\[0\]: \[2,3\], In\[1\]: \[4,5\]/],
    'a type that an operation does not take': [() => backend.executeSingleOutput('MatMul', [{ ...float, value: 10 }], [tf.ones([2, 2], 'bool'), tf.ones([2, 2], 'bool')]), /MatMul: .*bool/],
    'inputs of two types': [() => backend.executeSingleOutput('MatMul', [float], [tf.ones([2, 2]), tf.ones([2, 2], 'int32')]), /MatMul: .*(float|int32)/],
    'an operation that there is not': [() => backend.executeSingleOutput('NoSuchOperation', [], []), /NoSuchOperation/],
    'inputs too few': [() => backend.executeSingleOutput('MatMul', [float], [tf.ones([2, 2])]), /MatMul: .*inputs?/],
    'inputs too many': [() => backend.executeSingleOutput('Square', [float], [tf.ones([2]), tf.ones([2])]), /Square: /],
    'more memory than there is': [() => tf.fill([400_000, 400_000], 1), /Fill ran out of memory: .*400000,400000/],
    'a size beyond all numbers': [() => tf.fill([2 ** 30, 2 ** 30, 2 ** 30], 1), /Fill: /],
    'values that do not fill their shape': [() => backend.runtime.tensors.create([3], 1, [1, 2]), /shape \[3\] holds 12 bytes; its values have 8/],
    'texts that do not fill their shape': [() => backend.runtime.tensors.create([2], 7, [Uint8Array.of(65)]), /shape \[2\] holds 48 bytes/],
    'a type without values': [() => backend.runtime.tensors.create([1], 20, [1]), /type 20 cannot be made of values/],
    'an index out of bounds': [() => tf.gather(tf.ones([3, 2]), tf.tensor1d([5], 'int32')), /GatherV2: indices\[0\] = 5 is not in \[0, 3\)/],
  };

  it.each(Object.keys(mistakes))('%s', (name) => {
    const [act, message] = mistakes[name]!;
    expect(() => tf.tidy(() => act() as tf.Tensor)).toThrow(message);
    expect([...tf.tidy(() => tf.add(tf.ones([1]), 1)).dataSync()]).toEqual([2]); // and it goes on
  });

  it('a tensor of a recording that has failed', () => {
    const leaked: tf.Tensor[] = [];
    const compiled = started.compile!('leaks', ({ x }) => {
      leaked.push(tf.keep(tf.square(x!)));
      throw new Error('a mistake');
    });
    expect(() => compiled({ x: tf.tensor1d([1]) })).toThrow('a mistake');
    expect(() => leaked[0]!.dataSync()).toThrow(/recording that has ended/);
    expect(() => tf.add(leaked[0]!, 1)).toThrow(/recording that has ended/);
    tf.dispose(leaked);
    compiled.dispose();
  });
});
