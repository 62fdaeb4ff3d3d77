// Which ensemble is better, and what one owes to its members: paired differences on the same rows, and a leaderboard.

import { compareEnsembles, loadData, trainEnsemble } from 'tutti';

const { train, test } = await loadData('data/digits.csv', { target: 'digit', testShare: 0.3, seed: 1 });
const small = await trainEnsemble(train, { members: 4, hidden: [8], seed: 1 });
const grid = { hidden: [[16], [32]], l2: [0, 1e-3] };
const mixed = await trainEnsemble(train, { members: 8, grid, seed: 1 });

const { comparisons } = await compareEnsembles([small, mixed], test, { names: ['small', 'mixed'] });
for (const { scores, mcNemar } of comparisons) {
  for (const { title, first, second, interval, better } of scores.slice(0, 3)) {
    const range = interval === null ? '' : ` [${interval.low.toFixed(4)}, ${interval.high.toFixed(4)}]`;
    console.log(
      `${title}: ${first.toFixed(4)} and ${second.toFixed(4)}, difference${range}: ${better} is better`,
    );
  }
  console.log(`McNemar: p = ${mcNemar?.pValue.toPrecision(2)}`);
}

const { members } = await mixed.leaderboard(test, { sort: 'contribution' });
for (const { index, options, score, rho, contribution, standardError } of members) {
  const gain = `${contribution?.toFixed(4)} ± ${standardError?.toFixed(4)}`;
  console.log(
    `${index} ${options.join(', ')}: log-loss ${score?.toFixed(4)}, ρ ${rho?.toFixed(2)}, worth ${gain}`,
  );
}
