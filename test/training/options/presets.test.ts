// Recipes by name: what is stated takes their place, what they say is checked as options are, and they differ by task.

import t from 'tap';
import { PRESET_NAMES } from '../../../src/data/preprocessing/data-presets.js';
import { isNetwork } from '../../../src/model/network-members.js';
import { presetOf, withPreset } from '../../../src/model/options/presets.js';
import { memberCount, resolvePlan, type TrainingOptions } from '../../../src/training/options/options.js';
import { withoutEffect } from '../../../src/training/options/stray-options.js';
import { parseTrainingOptions } from '../../../src/training/options/training-schema.js';

const TASKS = [
  { kind: 'classification', classes: ['a', 'b', 'c'] },
  { kind: 'regression', targets: ['y'] },
] as const;

const plan = (options: TrainingOptions, task: (typeof TASKS)[number]) =>
  resolvePlan(options, { task, features: 4, seed: 1, arithmetic: 'fused' });

t.test('each is options that there are, and makes a plan for either task', async (t) => {
  for (const preset of PRESET_NAMES) {
    for (const task of TASKS) {
      const { variants = [{}] } = presetOf(preset);
      const { members } = plan({ preset }, task);
      t.equal(members.length, memberCount({ preset }), preset);
      for (const [at, variant] of variants.entries()) {
        const { preset: _, ...written } = withPreset({ preset, ...variant }, task.kind);
        parseTrainingOptions(written);
        const idle = new Set<string>(withoutEffect(written));
        const used = Object.fromEntries(Object.entries(written).filter(([name]) => !idle.has(name)));
        const alone = plan({ members: [used] }, task);
        const { streams: _own, ...spec } = members[at]!;
        t.match(alone.members[0], spec, `${preset} for ${task.kind} is what it says`);
      }
    }
  }
});

t.test('no preset is balanced', async (t) => {
  for (const task of TASKS) t.same(plan({}, task), plan({ preset: 'balanced' }, task));
});

t.test('what is stated takes the place of what a preset says', async (t) => {
  const [task] = TASKS;
  const { members } = plan({ preset: 'lecture', members: 3, epochs: 7, hidden: [5] }, task);
  t.equal(members.length, 3);
  t.match(members[0], { epochs: 7, earlyStopping: null, network: { layers: [{ units: 5 }] } });
});

t.test('kinds of members take turns, and what is stated is of all of them', async (t) => {
  const { members } = plan({ preset: 'best', members: 6, epochs: 7 }, TASKS[0]);
  const residual = members.map((member) => isNetwork(member) && member.network.layers.length > 4);
  t.same(residual, [false, false, true, false, false, true]);
  for (const member of members) t.match(member, { engine: 'wasm', epochs: 7 });
  t.throws(() => plan({ preset: 'best', neighbours: 3 }, TASKS[0]), { code: 'ERR_OPTION' });
});

t.test('members of a list may have presets of their own', async (t) => {
  const { members } = plan({ members: [{ preset: 'lecture' }, { preset: 'fast' }] }, TASKS[0]);
  t.match(members[0], { epochs: 40, batchSize: 32 });
  t.match(members[1], { epochs: 60, batchSize: 64 });
});

t.test('a variance beside each number, and none for classes, of deep ensembles', async (t) => {
  const losses = TASKS.map((task) => plan({ preset: 'deep-ensemble' }, task).members[0]);
  t.match(losses[0], { loss: 'softmaxCrossEntropy', resample: { kind: 'none' } });
  t.match(losses[1], { loss: 'gaussianNll' });
});
