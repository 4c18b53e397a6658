import { createRequire } from 'node:module';

// The kernels ask `util.isNullOrUndefined`, which Node 23 has removed.
const util = createRequire(import.meta.url)('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
