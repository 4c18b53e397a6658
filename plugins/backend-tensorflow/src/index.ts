import { definePlugin, type Plugin } from '@kd/core';

export type { Environment } from './library/cache-folder.ts';
export { findLibrary, isFound, type FindOptions, type NotFound } from './library/find-library.ts';
export type { FoundLibrary } from './library/library-in.ts';

const backendTensorflow: Plugin = definePlugin({ name: 'backend-tensorflow', strategies: [] });
export default backendTensorflow;
