import { token, type LabelSpacesConfig, type Token } from '@kd/core';

/** The folder that a config's relative paths start from: that of the config file; the working folder, where there is none. */
export const BASE_FOLDER: Token<string> = token<string>('base folder', () => process.cwd());

/** The config's `labels`, for readers that find class names in their files. */
export const LABELS: Token<LabelSpacesConfig> = token<LabelSpacesConfig>('labels');
