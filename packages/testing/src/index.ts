export { checkLoss, type CheckLossOptions } from './loss/check-loss.ts';
export type { FeatureShapes } from './loss/loss-case.ts';
export { finiteDifferences } from './finite-differences.ts';
export type { StrategyOf, SubjectOptions } from './subject.ts';
