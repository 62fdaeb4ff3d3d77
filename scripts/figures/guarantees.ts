// The table of docs/reference/guarantees.md: coverage of intervals and sets over 50 splits, and their widths and sizes,
// beside split conformal's. Run after a build: node dist/scripts/figures/guarantees.js [splits]

import { overSplits, SOURCES } from '../support/guarantee-splits.js';

const splits = Number(process.argv[2] ?? 50);

console.log('| data | rows | way | trained on | coverage, ± from split to split | width or size |');
console.log('|---|---|---|---|---|---|');
for (const source of Object.values(SOURCES)) {
  for (const own of await overSplits(source, { splits, coverage: 0.9 })) {
    const way = own.way === 'split' ? 'split conformal' : 'out of bag';
    const held = `${(100 * own.coverage).toFixed(1)} % ± ${(100 * own.deviation).toFixed(1)}`;
    const size = own.size.toPrecision(3);
    console.log(
      `| ${source.name} | ${source.train} | ${way}, ${own.method} | ${own.trainedOn} | ${held} | ${size} |`,
    );
  }
}
