export { durableWrite, type Content, type Written } from './files/durable-write.ts';
export { makeFolder } from './files/make-folder.ts';
export { sha256, sha256OfFile } from './files/hash.ts';
export { sweepTemporaryFiles } from './files/sweep-temporary-files.ts';
export { parseJson } from './files/parse-json.ts';
export { openSealedJson, sealJson } from './files/sealed-json.ts';
export { lockFolder, type FolderLock } from './files/run-lock.ts';
export { openRunFolder, runMarker, type OutputFolder } from './files/output-folder.ts';
