// Draws docs/images/averaging.svg: the squared error of the mean of k of sixteen networks on held-out digits, measured,
// beside what v and c foretell. Run after a build: node dist/scripts/figures/averaging.js

import { mkdirSync, writeFileSync } from 'node:fs';
import { loadTraining } from '../../src/data/load.js';
import { evaluateEnsemble } from '../../src/ensemble/evaluate/evaluate.js';
import { createPool, trainEnsemble } from '../../src/index.js';

const FILE = 'docs/images/averaging.svg';
const MEMBERS = 16;

/** The drawing, its margins and the largest error shown, in pixels but for the last. */
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM, TALLEST] = [640, 300, 64, 172, 20, 48, 0.042];

const across = (k: number) => LEFT + ((k - 1) / (MEMBERS - 1)) * (WIDTH - LEFT - RIGHT);
const up = (error: number) => HEIGHT - BOTTOM - (error / TALLEST) * (HEIGHT - TOP - BOTTOM);
const at = (x: number, y: number) => `${x.toFixed(1)},${y.toFixed(1)}`;

const { train, test } = loadTraining('data/digits.csv', { target: 'digit', testShare: 0.3, seed: 1 });
if (test === null) throw new Error('No rows were held out');
const pool = createPool();
// As the example beside the drawing does, docs/guide/measuring-correlation.md.
const ensemble = await trainEnsemble(train, { members: MEMBERS, hidden: [64], seed: 1 }, { runner: pool });
await pool.close();
const { errorCorrelation, curves } = await evaluateEnsemble(ensemble, test);
const [v, c] = [errorCorrelation?.v, errorCorrelation?.c];
if (v === undefined || c === undefined || c === null) throw new Error('No two members were trained');
const measured = curves?.arithmeticMean ?? [];

const foretold = Array.from({ length: 10 * (MEMBERS - 1) + 1 }, (_, i) => 1 + i / 10).map((k) =>
  at(across(k), up(v / k + ((k - 1) * c) / k)),
);
const text = (x: number, y: number, words: string, more = '') =>
  `  <text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${words}</text>`;
const level = (error: number, dashes = '') =>
  `  <path d="M${at(LEFT, up(error))} H${WIDTH - RIGHT}" stroke="#8a8f98" stroke-dasharray="${dashes}"/>`;
const right = WIDTH - RIGHT + 10;

mkdirSync('docs/images', { recursive: true });
writeFileSync(
  FILE,
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="13" fill="#1f2328">`,
    '  <title>Squared error of the mean of k networks on held-out digits, measured and foretold</title>',
    `  <rect width="${WIDTH}" height="${HEIGHT}" rx="6" fill="#ffffff"/>`,
    level(0),
    ...[0.01, 0.02, 0.03, 0.04].map((error) =>
      text(LEFT - 8, up(error) + 4, `${error}`, 'text-anchor="end"'),
    ),
    ...[1, 2, 4, 8, 16].map((k) => text(across(k), HEIGHT - BOTTOM + 18, `${k}`, 'text-anchor="middle"')),
    text(
      across(8.5),
      HEIGHT - 8,
      'squared error on held-out digits, by the number of members averaged, k',
      'text-anchor="middle"',
    ),
    level(v, '4 4'),
    text(right, up(v) + 4, `v ${v.toFixed(4)}: one member`),
    level(c, '4 4'),
    text(right, up(c) + 16, `c ${c.toFixed(4)}: shared`),
    `  <polyline points="${foretold.join(' ')}" fill="none" stroke="#2563eb" stroke-width="2"/>`,
    text(across(5), up(v / 5 + (4 * c) / 5) - 14, 'v/k + (k − 1)c/k', 'fill="#2563eb"'),
    ...measured.map(
      ({ memberCount, scores }) =>
        `  <circle cx="${across(memberCount).toFixed(1)}" cy="${up(scores.squaredError).toFixed(1)}" r="4.5" fill="#d97706"/>`,
    ),
    text(right, up(c) - 8, 'measured', 'fill="#b45309"'),
    '</svg>',
    '',
  ].join('\n'),
);
console.log(
  `${FILE}: v ${v}, c ${c}, measured at ${measured.map(({ memberCount }) => memberCount).join(', ')} members`,
);
