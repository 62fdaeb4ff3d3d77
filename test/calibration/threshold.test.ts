// The best threshold against all there are, one by one, its scores against the metrics of the same names, and ties.

import t from 'tap';
import { fitCalibration } from '../../src/calibration/fit-calibration.js';
import {
  type BinaryRows,
  chooseThreshold,
  decide,
  decisionScore,
  THRESHOLD_CRITERIA,
} from '../../src/calibration/threshold.js';
import { scoreKnownRows } from '../../src/measure/scores/row-scores.js';
import { knownRows, madeRows } from './support.js';

function binaryRows(rows: number, digits: number | null): BinaryRows {
  const { logits, labels, weights } = madeRows(rows, 2);
  const probabilities = Float32Array.from({ length: rows }, (_, row) => {
    const own = Math.exp(logits[2 * row + 1]!);
    return digits === null ? own : Math.round(own * 10 ** digits) / 10 ** digits;
  });
  return { probabilities, labels, weights };
}

t.test('no threshold is better than the chosen one', (t) => {
  for (const rows of [binaryRows(60, null), binaryRows(61, 1), binaryRows(20, 0)]) {
    for (const criterion of THRESHOLD_CRITERIA) {
      const chosen = chooseThreshold(criterion, rows);
      t.ok(chosen > 0 && chosen < 1);
      const best = decisionScore(criterion, decide(rows.probabilities, chosen), rows);
      const others = [...new Set([...rows.probabilities, 0.5, 1e-9, 1 - 1e-9])].filter(
        (own) => own > 0 && own < 1,
      );
      for (const other of others) {
        const score = decisionScore(criterion, decide(rows.probabilities, other), rows);
        t.ok(score <= best + 1e-12, `${criterion}: ${other} ${score}, ${chosen} ${best}`);
      }
    }
  }
  t.end();
});

t.test('scores are those of the metrics', (t) => {
  const made = madeRows(90, 2);
  const weights = Float32Array.from({ length: 90 }, (_, row) => 1 + (row % 3));
  const known = knownRows(made, weights);
  const rows = { ...binaryRows(90, null), weights: Float64Array.from(weights) };
  for (const threshold of [0.2, 0.5, 0.9]) {
    const decisions = decide(rows.probabilities, threshold);
    const decided = { ...known, combined: { ...known.combined, labels: Int32Array.from(decisions) } };
    const { scores } = scoreKnownRows(decided, { replicates: 0 });
    for (const criterion of THRESHOLD_CRITERIA) {
      const { value } = scores.find(({ name }) => name === criterion)!;
      t.ok(Math.abs(decisionScore(criterion, decisions, rows) - value!) < 1e-12, criterion);
    }
  }
  t.end();
});

t.test('of equally good thresholds the nearest to 0.5 is taken', (t) => {
  const rows = (probabilities: number[], labels: number[]): BinaryRows => ({
    probabilities: Float32Array.from(probabilities),
    labels: Int32Array.from(labels),
    weights: new Float64Array(labels.length).fill(1),
  });
  const parted = rows([0.1, 0.2, 0.7, 0.9], [0, 0, 1, 1]);
  t.equal(chooseThreshold('f1', parted), 0.5, 'any between 0.2 and 0.7');
  const low = rows([0.125, 0.25, 0.375, 0.4375], [0, 0, 1, 1]);
  t.equal(chooseThreshold('accuracy', low), 0.3125, 'their middle, where 0.5 is none of them');
  const even = rows([0.25, 0.75], [1, 0]);
  // 0.5: none right. All positive or all negative: one right, by thresholds 0.125 and 0.875, as far from 0.5.
  t.equal(chooseThreshold('accuracy', even), 0.125, 'then the lower');
  const same = rows([0.25, 0.25, 0.25], [1, 0, 1]);
  t.equal(chooseThreshold('f1', same), 0.125, 'rows of one probability stay together');
  t.same([...decide(same.probabilities, 0.25)], [1, 1, 1], 'at the threshold positive');
  t.equal(chooseThreshold('f1', rows([1, 1], [1, 0])), 0.5);
  t.equal(chooseThreshold('accuracy', rows([0, 0], [0, 0])), 0.5);
  t.end();
});

t.test(
  'a threshold is chosen on all rows, scored on each fold by the others’ choice, and taken where that is better',
  (t) => {
    const known = knownRows(madeRows(200, 2));
    for (const criterion of THRESHOLD_CRITERIA) {
      const { threshold, method, figures, parameters } = fitCalibration(known, 'arithmeticMean', {
        ...{ method: null, threshold: criterion },
      });
      t.same([method, figures, parameters], [null, null, []]);
      const rows = { ...binaryRows(200, null), weights: new Float64Array(200).fill(1) };
      const { chosen, half } = threshold!.figures!;
      t.equal(threshold!.value, chosen > half ? chooseThreshold(criterion, rows) : 0.5);
      t.equal(threshold!.figures!.half, decisionScore(criterion, decide(rows.probabilities, 0.5), rows));
      const own = decisionScore(
        criterion,
        decide(rows.probabilities, chooseThreshold(criterion, rows)),
        rows,
      );
      t.ok(chosen <= own, 'no better than on the rows that it was chosen on');
    }
    const given = fitCalibration(known, 'arithmeticMean', { method: 'temperature', threshold: 0.3 });
    t.same(given.threshold, { value: 0.3, criterion: null, figures: null });
    t.end();
  },
);
