import { defineConfig } from '@kd/core';
import { known, languages } from './languages.ts';

export default defineConfig({
  name: 'label-free',

  // Pieces of the Universal Declaration of Human Rights. Only the test set says which language they are in.
  data: { train: './data/transfer.ts', test: './data/test.ts' },

  labels: {
    language: languages,
    lande: { of: 'language', only: known.lande },
    eld: { of: 'language', only: known.eld },
  },

  // Detectors as they come from npm: functions that are asked. They read the text; the student reads its n-grams.
  teachers: {
    lande: { predict: './teachers/lande.ts', speaks: 'lande', inputs: ['text'], gives: 'probabilities' },
    eld: { predict: './teachers/eld.ts', speaks: 'eld', inputs: ['text'] },
    cld3: { predict: './teachers/cld3.ts', speaks: 'language', inputs: ['text'], gives: 'probabilities' },
  },
  student: { model: './student.ts', heads: { language: 'logits' }, inputs: ['grams'] },

  train: { epochs: 5, optimizer: ['adamw', { learningRate: 3e-2 }] },
});
