import { definePlugin, type Plugin } from '@kd/core';
import { gradnorm } from './gradnorm/gradnorm.ts';
import { referee } from './referee/referee.ts';
import { teacherCorrect } from './teacher-correct.ts';
import { uncertainty } from './uncertainty.ts';

export { gradnorm, type GradNormOptions } from './gradnorm/gradnorm.ts';
export { gradNormStep, type GradNormInput, type GradNormRates, type GradNormResult } from './gradnorm/step.ts';
export { referee, type RefereeOptions } from './referee/referee.ts';
export { teacherCorrect, type TeacherCorrectOptions } from './teacher-correct.ts';
export { uncertainty, type UncertaintyOptions } from './uncertainty.ts';

const adaptiveAlpha: Plugin = definePlugin({ name: 'adaptive-alpha', strategies: [referee, uncertainty, gradnorm, teacherCorrect] });
export default adaptiveAlpha;
