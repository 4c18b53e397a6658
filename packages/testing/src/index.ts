export { checkAggregator, type CheckAggregatorOptions } from './aggregator/check-aggregator.ts';
export { checkAlphaScheduler, type CheckAlphaSchedulerOptions } from './alpha/check-alpha-scheduler.ts';
export { checkLoss, type CheckLossOptions } from './loss/check-loss.ts';
export type { FeatureShapes } from './loss/loss-case.ts';
export { checkMemoryPolicy, type CheckMemoryPolicyOptions } from './memory/check-memory-policy.ts';
export { checkOptimizer, type CheckOptimizerOptions } from './optimizer/check-optimizer.ts';
export { finiteDifferences, type FiniteDifferenceOptions } from './finite-differences.ts';
export type { StrategyOf, SubjectOptions } from './subject.ts';
