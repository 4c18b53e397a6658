import { token, type Token } from '@kd/core';

/** The folder that a config's relative paths start from: that of the config file; the working folder, where there is none. */
export const BASE_FOLDER: Token<string> = token<string>('base folder', () => process.cwd());
