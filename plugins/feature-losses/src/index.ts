import { definePlugin, type Plugin } from '@kd/core';
import { crd } from './crd.ts';
import { fitnet } from './fitnet.ts';
import { rkd } from './rkd.ts';

const featureLosses: Plugin = definePlugin({ name: 'feature-losses', strategies: [fitnet, rkd, crd] });
export default featureLosses;

export { crd, type CrdOptions } from './crd.ts';
export { contrast, remember, type ContrastInput } from './contrast.ts';
export { type FeaturePair } from './feature-pair.ts';
export { fitnet, type FitnetOptions } from './fitnet.ts';
export { rkd, type RkdOptions } from './rkd.ts';
