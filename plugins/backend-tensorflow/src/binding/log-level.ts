import type koffi from 'koffi';

/** `absl::SetMinLogLevel` as its versions are called in TensorFlow 2.18 and later. */
const SET_MIN_LOG_LEVEL: readonly string[] = ['20230802', '20240722', '20250127', '20250512', '20250814'].map((version) => `_ZN4absl12lts_${version}14SetMinLogLevelENS0_18LogSeverityAtLeastE`);
const ERRORS = 2;

/** XLA tells of itself through a log that no variable can stop. Where the function is called otherwise, it goes on telling. */
export function hush(framework: ReturnType<typeof koffi.load>): void {
  for (const name of SET_MIN_LOG_LEVEL) {
    try {
      (framework.func(`void ${name}(int level)`) as (level: number) => void)(ERRORS);
      return;
    } catch {
      // Another version.
    }
  }
}
