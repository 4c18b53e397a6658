import { definePlugin, Stage } from '@kd/core';
import { inParts } from './in-parts.ts';
import { jensenShannon } from './jensen-shannon.ts';
import { relay } from './relay.ts';
import { surest } from './surest.ts';

const WARM_UP_STEPS = 20;

export default definePlugin({
  name: 'workshop',
  strategies: [jensenShannon, surest, relay, inParts],
  apply({ hooks }) {
    // The learning rate rises over the first steps, whatever schedule the config has chosen.
    hooks.knobs.tap({ name: 'workshop', stage: Stage.Late }, (knobs, { progress }) =>
      ({ ...knobs, learningRate: knobs['learningRate']! * Math.min(1, (progress.step + 1) / WARM_UP_STEPS) }));
  },
});
