import { eld } from 'eld/small';
import { known } from '../languages.ts';
import { detector } from './detector.ts';

/** Scores reach from 0 to 1 and lie close together; as logits they need to be further apart. */
const SPREAD = 20;

/** Counts of n-grams, 60 languages: gives scores, which are no probabilities. */
export default detector(known.eld, (text) => new Map(Object.entries(eld.detect(text).getScores()).map(([language, score]) => [language, SPREAD * score])));
