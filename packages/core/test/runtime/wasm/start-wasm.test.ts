import { expect, it } from 'vitest';
import { startWasm } from '../../../src/runtime/wasm/start-wasm.ts';

it('says which file could not be loaded', async () => {
  await expect(startWasm({ wasmPath: '/nowhere/' })).rejects.toMatchObject({
    code: 'KD_BACKEND_UNAVAILABLE', message: expect.stringContaining('/nowhere/'),
  });
});
