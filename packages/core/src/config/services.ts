import type { LabelSpacesConfig } from '../labels/resolve-label-spaces.ts';
import { token, type Token } from '../plugin/tokens.ts';

/** The config's `labels`, for readers that find class names in their files. Every run provides it. */
export const LABELS: Token<LabelSpacesConfig> = token<LabelSpacesConfig>('labels');
