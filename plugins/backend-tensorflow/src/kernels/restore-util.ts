import { createRequire } from 'node:module';

// The kernels ask `util.isNullOrUndefined`, which Node 23 has removed, and `util.isArray`; Node 22 warns of both.
const util = createRequire(import.meta.url)('node:util') as { isNullOrUndefined?: (value: unknown) => boolean; isArray?: (value: unknown) => boolean };
util.isNullOrUndefined = (value) => value === null || value === undefined;
util.isArray = Array.isArray;
