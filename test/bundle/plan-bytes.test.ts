import t from 'tap';
import { planBytes, planFrom } from '../../src/bundle/plan-bytes.js';
import { packPlain, unpackPlain } from '../../src/files/plain-data.js';
import { preparePlan } from '../../src/training/train-ensemble.js';
import { clusters } from '../support/datasets.js';

const dataset = clusters(40, 3, 2);
const plan = preparePlan(dataset, {
  epochs: 4,
  members: [
    { hidden: [5], hiddenKeep: 0.8 },
    { engine: 'neighbours', neighbours: 3 },
    { hidden: [4], inputNoise: 0.1 },
  ],
  seed: 7,
});

t.test('a plan comes back as it was, and equal ones are equal bytes', async (t) => {
  const bytes = planBytes(plan);
  const back = await planFrom(bytes, dataset);
  t.strictSame(back, plan);
  t.strictSame(planBytes(back), bytes);
  const turned = {
    ...plan,
    members: plan.members.map((spec) => Object.fromEntries(Object.entries(spec).reverse())),
  };
  t.strictSame(planBytes(turned as unknown as typeof plan), bytes, 'in whatever order its keys were written');
});

t.test('bytes that are no plan, or one for another dataset, are refused', async (t) => {
  const bytes = planBytes(plan);
  const own = unpackPlain(bytes) as Record<string, unknown>;
  const members = own.members as Record<string, unknown>[];
  const wrong = {
    empty: new Uint8Array(0),
    cut: bytes.subarray(0, bytes.length - 1),
    longer: Buffer.concat([bytes, Buffer.of(0)]),
    more: packPlain({ ...own, more: 1 }),
    seed: packPlain({ ...own, seed: -1 }),
    members: packPlain({ ...own, members: [] }),
    engine: packPlain({ ...own, members: [{ ...members[0], engine: 'steam' }] }),
  };
  for (const [name, altered] of Object.entries(wrong))
    await t.rejects(planFrom(altered), { code: 'ERR_BLOB' }, name);
  const numbers = { features: 3, task: { kind: 'regression', targets: ['y'] } } as const;
  await t.rejects(planFrom(bytes, numbers), {
    code: 'ERR_BLOB',
    message: /contradict the dataset: member 0's loss does not fit regression$/,
  });
});
