// Networks, nearest neighbours by tangent distance and decision trees in one ensemble: members of other kinds err
// elsewhere, which is what an average lives on.

import { loadData, type MemberOptions, trainEnsemble } from 'tutti';

const { train, test } = await loadData('data/digits.csv', { target: 'digit', testShare: 0.5, seed: 1 });
const network: MemberOptions = { hidden: [64] };
const neighbours: MemberOptions = { engine: 'neighbours', distance: 'tangentOneSided', image: [1, 8, 8] };
const tree: MemberOptions = {
  learner: 'scripts/examples/learners/tree.mjs',
  resample: 'subsample',
  resampleShare: 0.3,
  featureShare: 0.5,
};
const ensemble = await trainEnsemble(train, {
  seed: 1,
  members: [network, network, neighbours, neighbours, tree, tree], // each by rows of its own
});
const report = await ensemble.evaluate(test);
for (const { kind, meanMember, errorCorrelation, covarianceWith } of report.measurement.kinds) {
  const shared = covarianceWith.map((covariance) => covariance?.toFixed(3)).join('  ');
  const accuracy = meanMember?.accuracy?.toFixed(3);
  console.log(`${kind}: accuracy ${accuracy}, v ${errorCorrelation?.v.toFixed(3)}, with each kind ${shared}`);
}
const { c, rho } = report.errorCorrelation;
console.log(`all: accuracy ${report.accuracy.toFixed(3)}, c ${c?.toFixed(3)}, ρ ${rho?.toFixed(2)}`);
