import { definePlugin, type Plugin } from '@kd/core';
import { consistency } from './consistency.ts';
import { ctkd } from './ctkd.ts';
import { dist } from './dist.ts';
import { dkd } from './dkd.ts';
import { hierarchicalCrossEntropy } from './hierarchical-cross-entropy.ts';
import { maxConstraint } from './max-constraint.ts';

const losses: Plugin = definePlugin({ name: 'losses', strategies: [consistency, ctkd, dist, dkd, hierarchicalCrossEntropy, maxConstraint] });
export default losses;

export { consistency, type ConsistencyOptions } from './consistency.ts';
export { ctkd, type CtkdOptions } from './ctkd.ts';
export { descendantsOf } from './descendants.ts';
export { dist, type DistOptions } from './dist.ts';
export { dkd, type DkdOptions } from './dkd.ts';
export { hierarchicalCrossEntropy, type HierarchicalCrossEntropyOptions } from './hierarchical-cross-entropy.ts';
export { constrainByMax, maxConstraint, type MaxConstraintOptions } from './max-constraint.ts';
