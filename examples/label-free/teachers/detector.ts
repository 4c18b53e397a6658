import { tensor2d } from '@tensorflow/tfjs-core';
import type { Predict } from '@kd/core';
import type { Language } from '../languages.ts';
import { readTexts } from '../text-encoding.ts';

/** A teacher from a function that says how likely each language is, by code; those that it leaves out get 0. */
export function detector(classes: readonly Language[], detect: (text: string) => ReadonlyMap<string, number>): Predict {
  return async ({ text }) => {
    const rows = (await readTexts(text!)).map((one) => {
      const scores = detect(one);
      return classes.map((language) => scores.get(language) ?? 0);
    });
    return tensor2d(rows, [rows.length, classes.length]);
  };
}
