import { definePlugin, type Plugin } from '@kd/core';
import { savedModel } from './saved-model/saved-model.ts';
import { tensorflow } from './tensorflow.ts';
import { tfjsNode } from './tfjs-node.ts';

export type { Environment } from './library/cache-folder.ts';
export type { CachedLibrary } from './library/cached-libraries.ts';
export { findLibrary, isFound, type FindOptions, type NotFound } from './library/find-library.ts';
export { knownLibraries } from './library/known-libraries.ts';
export type { FoundLibrary } from './library/library-in.ts';
export { savedModel } from './saved-model/saved-model.ts';
export type { SavedModelOptions } from './saved-model/saved-model-teacher.ts';
export { tensorflow, type TensorflowOptions } from './tensorflow.ts';
export { tfjsNode, type TfjsNodeOptions } from './tfjs-node.ts';
export type { Platform } from './library/platform.ts';
export { installLibrary, type Installed, type InstallOptions } from './install/install-library.ts';
export { removeLibrary, type RemoveOptions } from './install/remove-library.ts';
export type { Proof, Prove } from './install/prove-library.ts';
export { httpClient, type HttpClient } from './install/http.ts';

const backendTensorflow: Plugin = definePlugin({ name: 'backend-tensorflow', strategies: [tensorflow, tfjsNode, savedModel] });
export default backendTensorflow;
