// Intervals and sets against their definitions, and the coverage that follows from them in simulations.

import t from 'tap';
import { conformityOf } from '../../src/conformal/conformity-of.js';
import { createGuarantee } from '../../src/conformal/guarantee.js';
import { knownUniforms, rowUniforms } from '../../src/conformal/row-uniforms.js';
import { CONFORMAL_METHODS, type ConformalMethod } from '../../src/conformal/scores.js';
import { type Case, type CaseOptions, intervalOf, randomCase, setOf } from './brute-force.js';

const three = { kind: 'classification', classes: ['a', 'b', 'c', 'd'] } as const;
const two = { kind: 'classification', classes: ['a', 'b'] } as const;
const value = { kind: 'regression', targets: ['y'] } as const;
const values = { kind: 'regression', targets: ['y', 'z'] } as const;

function guaranteed(own: Case, coverage: number, conformal?: ConformalMethod) {
  const { known, aggregator, weights, task, members, x, groups } = own;
  const conformity = conformityOf(known, { aggregator, weights, groups });
  const settings = { conformity, task, members: members.length, features: 1, weights, calibrate: null };
  return createGuarantee({ ...settings, coverage, conformal })(members, x, 0);
}

const CASES: readonly Omit<CaseOptions, 'task'>[] = [
  {},
  { members: 17, rows: 90, seed: 2 },
  { members: 9, weights: [1, 2, 0.5, 1, 1, 3, 1, 1, 0], seed: 3 },
  { split: true, seed: 4 },
  { split: true, weights: [1, 0, 2, 1, 0.25], seed: 5 },
  { groups: 25, seed: 6 },
  { agreeing: true, rows: 80, newRows: 12, seed: 8 },
  { agreeing: true, groups: 25, split: true, seed: 9 },
  { split: true, groups: 30, seed: 7 },
];

t.test('sets are those of the definition, class by class and row by row', async (t) => {
  for (const more of CASES) {
    for (const aggregator of ['arithmeticMean', 'geometricMean', 'majorityVote'] as const) {
      for (const task of [three, two]) {
        const own = randomCase({ ...more, task, aggregator });
        for (const method of CONFORMAL_METHODS) {
          const coverage = 0.8;
          const { sets } = guaranteed(own, coverage, method);
          const us = knownUniforms(own.known.rows);
          const uniformOf = rowUniforms(1);
          for (let row = 0; row < own.members[0]!.rows; row++) {
            const u = uniformOf(own.x, row);
            const expected = setOf(own, row, { coverage, method }, { known: us, u });
            const classes = task.classes.length;
            const got = [...sets!.slice(row * classes, (row + 1) * classes)];
            t.same(got, expected, `${method} of ${aggregator}, row ${row} of ${JSON.stringify(more)}`);
          }
        }
      }
    }
  }
});

t.test('intervals are those of the definition, target by target and row by row', async (t) => {
  for (const more of CASES) {
    for (const task of [value, values]) {
      for (const [aggregator, heads] of [
        ['arithmeticMean', false],
        ['arithmeticMean', true],
        ['geometricMean', true],
      ] as const) {
        const own = randomCase({ ...more, task, aggregator, heads });
        const { lower, upper } = guaranteed(own, 0.8);
        for (let at = 0; at < lower!.length; at++) {
          const targets = task.targets.length;
          const [low, high] = intervalOf(own, Math.floor(at / targets), at % targets, 0.8);
          t.ok(Math.abs(lower![at]! - low) < 1e-7, `${aggregator} ${lower![at]} is ${low}`);
          t.ok(Math.abs(upper![at]! - high) < 1e-7, `${aggregator} ${upper![at]} is ${high}`);
        }
      }
    }
  }
});
