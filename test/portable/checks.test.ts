// The small checker of tutti/predict beside zod: the same values fit, and come out the same.

import t from 'tap';
import { Draws } from '../../scripts/support/fuzz/draws.js';
import { mutateValue } from '../../scripts/support/fuzz/mutate.js';
import * as own from '../../src/portable/checks.js';
import * as zod from '../../src/zod.js';

type Builder = typeof zod;

/** Schemas of every form that those of saved ensembles have, and a value that fits. */
const FORMS: readonly (readonly [name: string, make: (z: Builder) => zod.ZodType, fits: unknown])[] = [
  ['numbers', (z) => z.array(z.number().gt(0).max(5)), [1, 5, 0.5]],
  ['integers', (z) => z.array(z.int().min(2)).min(1), [2, 3, 2 ** 40]],
  ['texts', (z) => z.array(z.string().regex(/^[ab]+$/)), ['a', 'ab']],
  ['choices', (z) => z.array(z.enum(['x', 'y'])), ['x', 'y', 'x']],
  [
    'fields',
    (z) =>
      z.strictObject({
        ...{ a: z.boolean(), b: z.null(), c: z.number().nullable(), d: z.literal(true).optional() },
        ...{ e: z.array(z.number()).default([]), f: z.tuple([z.number(), z.string()]) },
      }),
    { a: true, b: null, c: 1, f: [1, 'x'] },
  ],
  [
    'kinds',
    (z) =>
      z.array(
        z.discriminatedUnion('kind', [
          z.strictObject({ kind: z.literal('one'), value: z.number().lt(9) }),
          z.strictObject({ kind: z.enum(['two', 'three']), texts: z.array(z.string()) }),
        ]),
      ),
    [
      { kind: 'one', value: 3 },
      { kind: 'three', texts: ['t'] },
    ],
  ],
  ['either', (z) => z.array(z.union([z.literal('all'), z.array(z.int())])), ['all', [1, 2]]],
  ['records', (z) => z.record(z.string(), z.number()), { one: 1, two: 2 }],
  ['wider', (z) => z.strictObject({ a: z.number() }).extend({ b: z.string() }), { a: 1, b: 'x' }],
  ['times', (z) => z.array(z.iso.datetime()), ['2024-05-06T07:08:09Z', '2024-05-06T07:08:09.123Z']],
  [
    'of one length',
    (z) =>
      z
        .strictObject({ a: z.array(z.number()), b: z.array(z.number()) })
        .refine(({ a, b }) => a.length === b.length, {
          message: 'of two lengths',
        }),
    { a: [1, 2], b: [3, 4] },
  ],
];

for (const [name, make, fits] of FORMS) {
  t.test(`${name} fit or do not as by zod`, async (t) => {
    const [theirs, ours] = [make(zod), make(own as unknown as Builder)];
    t.strictSame(ours.safeParse(fits), theirs.safeParse(fits));
    t.equal(theirs.safeParse(fits).success, true);
    let refused = 0;
    for (let seed = 1; seed <= 500; seed++) {
      const value = mutateValue(new Draws(seed, 1), structuredClone(fits));
      const [expected, got] = [theirs.safeParse(value), ours.safeParse(value)];
      if (expected.success !== got.success) t.fail(`${JSON.stringify(value)}: zod says ${expected.success}`);
      else if (expected.success) t.strictSame(got.data, expected.data);
      else refused++;
    }
    t.ok(refused > 50, `${refused} were refused`);
  });
}
