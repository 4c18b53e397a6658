import type { KernelConfig, StringNGramsAttrs } from '@tensorflow/tfjs-core';
import { bool, int, text, types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

export const stringNGrams: KernelConfig = kernel<'data' | 'dataSplits', StringNGramsAttrs>('StringNGrams', ({ inputs: { data, dataSplits }, attrs, backend }) => {
  const attributes = [
    text('separator', attrs.separator), int('ngram_widths', attrs.nGramWidths), text('left_pad', attrs.leftPad), text('right_pad', attrs.rightPad),
    int('pad_width', attrs.padWidth), bool('preserve_short_sequences', attrs.preserveShortSequences), ...types({ Tsplits: dataSplits.dtype }),
  ];
  return backend.executeMultipleOutputs('StringNGrams', attributes, [data, dataSplits], 2);
});
