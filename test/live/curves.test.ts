// Learning curves as they are shown: never more points than there is room for, and always the first and the newest.

import t from 'tap';
import type { CurvePart, CurvePoint } from '../../src/live/client/protocol.js';
import { Curves } from '../../src/live/curves.js';

/** What a page has, told the changes in order. */
function pageOf() {
  const curves = new Map<number, CurvePoint[]>();
  const tell = (parts: readonly CurvePart[]) => {
    for (const { member, from, points } of parts)
      curves.set(member, [...(curves.get(member) ?? []).slice(0, from), ...points]);
  };
  return { curves, tell };
}

const epochsOf = (points: readonly CurvePoint[] | undefined) => points?.map(([epoch]) => epoch);

t.test('few epochs are all shown', async (t) => {
  const curves = new Curves(2);
  for (let epoch = 1; epoch <= 30; epoch++) curves.add(0, [epoch, 1 / epoch, epoch > 3 ? 0.5 : null]);
  t.same(curves.all(), [
    {
      member: 0,
      from: 0,
      points: Array.from({ length: 30 }, (_, at) => [at + 1, 1 / (at + 1), at > 2 ? 0.5 : null]),
    },
  ]);
});

t.test('of many epochs some are shown, evenly, with the first and the newest', async (t) => {
  const curves = new Curves(1);
  for (let epoch = 1; epoch <= 10_007; epoch++) {
    curves.add(0, [epoch, epoch, null]);
    const [{ points }] = curves.all() as [CurvePart];
    t.ok(points.length <= 241, 'bounded') || t.bailout();
    t.equal(points.at(-1)![0], epoch) || t.bailout();
  }
  const epochs = epochsOf(curves.all()[0]!.points)!;
  t.equal(epochs[0], 1);
  t.ok(epochs.length > 100);
  const steps = new Set(epochs.slice(1, -1).map((epoch, at) => epoch - epochs[at]!));
  t.equal(steps.size, 1, 'evenly');
});

t.test('whoever is told the changes, now and then, has what there is', async (t) => {
  const curves = new Curves(3);
  const page = pageOf();
  for (let epoch = 1; epoch <= 2000; epoch++) {
    for (const member of [0, 2]) curves.add(member, [epoch, epoch / (member + 1), null]);
    if (epoch === 700) curves.clear(2);
    if (epoch % 37 === 0) {
      const changes = curves.changes();
      page.tell(changes);
      // A change that is told twice changes nothing.
      page.tell(changes);
      for (const { member, points } of curves.all()) t.same(page.curves.get(member), points) || t.bailout();
    }
  }
  page.tell(curves.changes());
  t.same(curves.changes(), [], 'nothing is told twice');
  t.equal(epochsOf(page.curves.get(2))![0], 701, 'a member that began again');
});

t.test('thousands of members have few points each', async (t) => {
  const curves = new Curves(2000);
  for (let member = 0; member < 2000; member++)
    for (let epoch = 1; epoch <= 100; epoch++) curves.add(member, [epoch, 1, null]);
  const points = curves.all().reduce((sum, part) => sum + part.points.length, 0);
  t.ok(points <= 2000 * 25, `${points} points`);
});
