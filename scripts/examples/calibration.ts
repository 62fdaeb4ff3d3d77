import { loadData, trainEnsemble } from 'tutti';

const { train, test } = await loadData('data/digits.csv', { target: 'digit', testShare: 0.3, seed: 1 });
const ensemble = await trainEnsemble(train, { members: 16, hidden: [32], epochs: 4, seed: 1 });

// Fitted on the training rows, each by the members that never saw it: no row is given up.
const calibrated = await ensemble.calibrate(train);
const { parameters, figures } = calibrated.calibration ?? {};
console.log(`temperature ${parameters?.[0]?.toFixed(2)}`);
const change = (of: 'logLoss' | 'ece') =>
  `${figures?.before[of].toFixed(3)} → ${figures?.after[of].toFixed(3)}`;
console.log(`rows left out: log-loss ${change('logLoss')}, calibration error ${change('ece')}`);

const [before, after] = [await ensemble.evaluate(test), await calibrated.evaluate(test)];
console.log(`test rows: log-loss ${before.logLoss.toFixed(3)} → ${after.logLoss.toFixed(3)}`);
console.log(
  `accuracy ${before.accuracy === after.accuracy ? 'stays, as the order of classes does' : 'changed'}`,
);
await calibrated.save('calibrated.tutti');
