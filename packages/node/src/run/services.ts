import { token, type LabelSpacesConfig, type Token } from '@kd/core';

/** The folder that a config's relative paths start from: that of the config file. */
export const BASE_FOLDER: Token<string> = token<string>('base folder');

/** The config's `labels`, for readers that find class names in their files. */
export const LABELS: Token<LabelSpacesConfig> = token<LabelSpacesConfig>('labels');
