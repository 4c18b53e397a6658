import { beforeAll, it } from 'vitest';
import { expectSameAsLibrary, lstmCases } from '../../../../packages/core/test/model/lstm-cases.ts';
import { describeNative, startNative } from '../native.ts';

describeNative('recurrent layers', () => {
  beforeAll(() => startNative({ eager: true }));

  it.each(lstmCases)('an LSTM with $what computes and trains as in the layers library', (lstmCase) => expectSameAsLibrary(lstmCase));
});
