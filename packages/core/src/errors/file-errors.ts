import { failure, mistake, type ErrorRow } from './row.ts';

export const fileErrors: {
  readonly KD_FILE_MISSING: ErrorRow<{ file: string; what: string }>;
  readonly KD_FILE_TRUNCATED: ErrorRow<{ file: string; expected: number; received: number }>;
  readonly KD_DISK: ErrorRow<{ file: string; reason: string; next: string }>;
} = {
  KD_FILE_MISSING: mistake(({ file, what }) => `${what} not found at ${file}. Check the path; relative paths start at the config file's folder.`, { file: 'data/train.csv', what: 'Data file' }),
  KD_FILE_TRUNCATED: mistake(({ file, expected, received }) => `${file} is ${received} bytes long, expected ${expected}. Copy or download it again.`, { file: 'train-images.idx', expected: 47040016, received: 1024 }),
  KD_DISK: failure(({ file, reason, next }) => `Could not write ${file}: ${reason}. ${next}`, { file: 'runs/a/checkpoint', reason: 'no space left on the device', next: 'What was saved before is intact: free some space and run the same command again.' }),
};
