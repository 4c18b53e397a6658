import { definePlugin, type Plugin } from '@kd/core';
import { tensorflow } from './tensorflow.ts';

export type { Environment } from './library/cache-folder.ts';
export { findLibrary, isFound, type FindOptions, type NotFound } from './library/find-library.ts';
export type { FoundLibrary } from './library/library-in.ts';
export { tensorflow, type TensorflowOptions } from './tensorflow.ts';

const backendTensorflow: Plugin = definePlugin({ name: 'backend-tensorflow', strategies: [tensorflow] });
export default backendTensorflow;
