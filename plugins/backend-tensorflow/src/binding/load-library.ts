import koffi from 'koffi';
import { SIGNATURES, type CApi, type Pointer } from './c-api.ts';
import { hush } from './log-level.ts';

/** Copies bytes between JavaScript's memory and the library's. */
export type CopyBytes = (to: ArrayBufferView | Pointer, from: ArrayBufferView | Pointer, bytes: number) => void;

export interface NativeLibrary {
  readonly c: CApi;
  readonly copyBytes: CopyBytes;
}

/** Files of a TensorFlow library. */
export interface LibraryFiles {
  /** `libtensorflow_cc`. */
  readonly cc: string;
  /** `libtensorflow_framework`. */
  readonly framework: string;
}

let loaded: { readonly files: LibraryFiles; readonly native: NativeLibrary } | undefined;

/** Loads the library, once in a process: a second TensorFlow beside the first would share its symbols and crash. */
export function loadLibrary(files: LibraryFiles): NativeLibrary {
  if (loaded) return loaded.native;
  // TensorFlow tells its log level by this variable, which it reads while it is loaded.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  const framework = koffi.load(files.framework, { global: true, lazy: true });
  hush(framework);
  const cc = koffi.load(files.cc);
  keepLoaded(files);
  koffi.struct('TF_Output', { oper: 'void *', index: 'int' });
  const find = (signature: string): unknown => {
    try {
      return cc.func(signature);
    } catch {
      return framework.func(signature);
    }
  };
  const c = Object.fromEntries(Object.entries(SIGNATURES).map(([name, signature]) => [name, find(signature)])) as unknown as CApi;
  const copyBytes = framework.func('void *memcpy(void *to, const void *from, size_t bytes)') as unknown as CopyBytes;
  loaded = { files, native: { c, copyBytes } };
  return loaded.native;
}

/** koffi closes what it has opened when a program ends; TensorFlow's own handlers, which run after that, would be gone. */
function keepLoaded({ cc, framework }: LibraryFiles): void {
  const dlopen = koffi.load(null).func('void *dlopen(const char *path, int flags)') as (path: string, flags: number) => Pointer;
  const lazy = 1;
  for (const path of [framework, cc]) dlopen(path, lazy);
}
