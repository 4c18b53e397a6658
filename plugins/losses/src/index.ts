import { definePlugin, type Plugin } from '@kd/core';
import { ctkd } from './ctkd.ts';
import { dkd } from './dkd.ts';

const losses: Plugin = definePlugin({ name: 'losses', strategies: [ctkd, dkd] });
export default losses;

export { ctkd, type CtkdOptions } from './ctkd.ts';
export { dkd, type DkdOptions } from './dkd.ts';
