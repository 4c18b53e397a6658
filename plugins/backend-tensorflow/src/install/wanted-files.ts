import type { LibraryNames } from '../library/platform.ts';

const licence = /(^|\/)(licen[cs]e|notice|copying|third_party_notices)[^/]*$/i;

/** The files of TensorFlow's wheel that kd keeps: its two libraries, those that were packed along, licences. */
export function tensorflowFiles(names: readonly string[], { cc, framework }: LibraryNames): readonly string[] {
  return names.filter((name) => name === `tensorflow/${cc}` || name === `tensorflow/${framework}` || /^tensorflow\.libs\/[^/]+$/.test(name) || isLicence(name));
}

/** The files of NVIDIA's wheels that a running program needs: libraries, and what XLA compiles with. */
export function nvidiaFiles(names: readonly string[]): readonly string[] {
  return names.filter((name) => /^nvidia\/[^/]+\/lib\/.*\.so[.\d]*$/.test(name) || /^nvidia\/cuda_nvcc\/(bin|nvvm\/libdevice)\/[^/]+$/.test(name) || isLicence(name));
}

/** Licences at the top of a package or in its description; not those of the headers. */
function isLicence(name: string): boolean {
  return licence.test(name) && (/^[^/]+\/[^/]+$/.test(name) || /\.dist-info\//.test(name));
}
