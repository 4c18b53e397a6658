import { ATTRIBUTE, FLOAT } from '../binding/dtypes.ts';
import { Runtime } from '../binding/runtime.ts';

const [framework = '', cc = ''] = process.argv.slice(2);

try {
  process.stdout.write(JSON.stringify(probe()));
} catch (error) {
  process.stderr.write(`probe: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/** Looks up every C function that kd calls, and multiplies two matrices. */
function probe(): { version: string; devices: readonly string[] } {
  const runtime = new Runtime({ framework, cc }, {});
  const matrix = runtime.tensors.create([2, 2], FLOAT, Float32Array.of(1, 2, 3, 4));
  const [product] = runtime.execute('MatMul', [{ name: 'T', type: ATTRIBUTE.TYPE, value: FLOAT }], [matrix, matrix], 1);
  const values = Array.from(runtime.read(product!.id) as Float32Array);
  if (values.join() !== '7,10,15,22') throw new Error(`[[1, 2], [3, 4]] times itself came out as ${values.join()}`);
  return { version: runtime.version, devices: runtime.devices.map(({ type }) => type) };
}
