import { definePlugin, type Plugin } from '@kd/core';
import { aeKd } from './ae-kd.ts';
import { caMkd } from './ca-mkd.ts';
import { entropy } from './entropy.ts';
import { lift } from './lift.ts';
import { uhc } from './uhc.ts';

const aggregation: Plugin = definePlugin({ name: 'aggregation', strategies: [caMkd, entropy, aeKd, uhc, lift] });
export default aggregation;

export { aeKd, type AeKdOptions } from './ae-kd.ts';
export { caMkd } from './ca-mkd.ts';
export { cappedMinNorm } from './capped-min-norm.ts';
export { entropy } from './entropy.ts';
export { jointEstimate, type PartialAnswer } from './joint-estimate.ts';
export { lift, type LiftOptions } from './lift.ts';
export { uhc, type UhcOptions } from './uhc.ts';
