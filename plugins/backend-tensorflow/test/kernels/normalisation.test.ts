import { beforeAll, it } from 'vitest';
import { expectSameSteps, normCases } from '../../../../packages/core/test/model/norm-layer-cases.ts';
import { describeNative, startNative } from '../native.ts';

describeNative('layers that normalise', () => {
  beforeAll(() => startNative({ eager: true }));

  it.each(normCases)('$norm of $what trains as in the layers library', (norm) => expectSameSteps(norm));
});
