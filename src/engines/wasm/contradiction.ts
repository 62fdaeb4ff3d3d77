// What contradicts itself in the spec of a network whose every field is in range, such as one from a file.

import type { Task } from '../../data/dataset/dataset.js';
import { lossFits } from '../../model/losses.js';
import { layerShapes } from '../../model/network.js';
import type { NetworkMemberSpec, SharingSpec } from '../../model/spec.js';

/** What does not go with embedded inputs. */
function contradictionOfInputs(spec: NetworkMemberSpec): string | null {
  const { network, featureShare, dropout, tangents, tying } = spec;
  if (network.inputs === undefined) return null;
  if (network.image !== null || featureShare !== 1)
    return 'inputs are embedded that are an image, or not all';
  if (dropout !== null && dropout.inputKeep !== 1) return 'inputs are embedded that are dropped';
  return tangents === null && tying === null ? null : 'inputs are embedded under tangents or tying';
}

/** "layers do not fit each other", or null. */
export function contradictionOfNetwork(spec: NetworkMemberSpec, features: number, task: Task): string | null {
  if (!lossFits(spec.loss, task)) return `loss does not fit ${task.kind}`;
  try {
    layerShapes(spec, features, task);
  } catch {
    return 'layers do not fit each other';
  }
  const bad = contradictionOfInputs(spec);
  if (bad !== null) return bad;
  const { dropout, activityPenalty, tying, snapshot, network, sharing } = spec;
  const hidden = network.layers.length;
  const beyond = (layers: readonly number[], most: number) => layers.some((layer) => layer > most);
  if (dropout !== null && dropout.hiddenKeep.length !== hidden) {
    return `dropout is of ${dropout.hiddenKeep.length} hidden layers where there are ${hidden}`;
  }
  if (activityPenalty !== null && beyond(activityPenalty.layers, hidden)) {
    return 'activity penalty is on layers that are not there';
  }
  if (tying !== null && tying.layers !== 'all' && beyond(tying.layers, hidden + 1)) {
    return 'tied layers are not there';
  }
  if (snapshot !== null && snapshot.index >= snapshot.of) return 'snapshot is none of its run';
  return sharing === undefined ? null : contradictionOfSharing(spec, sharing);
}

function contradictionOfSharing(
  { snapshot, network, adversarial, tangents, tying, mixup, loss }: NetworkMemberSpec,
  { submodels, kind, batch, maskScale, shrinkage }: SharingSpec,
): string | null {
  if (snapshot?.at !== 'end' || snapshot.of !== submodels) return 'its run does not leave its submodels';
  if ((kind === 'masksembles') !== (maskScale !== undefined)) return 'the scale of masks is not its own';
  if (batch === 'split' && kind !== 'masksembles' && kind !== 'batchEnsemble')
    return `submodels of ${kind} divide no batches`;
  if ((kind === 'softBoosting') !== (shrinkage !== undefined)) return 'the shrinkage of a sum is not its own';
  if (kind === 'softBoosting' && loss !== 'softmaxCrossEntropy' && loss !== 'squaredError')
    return `no sum is boosted for ${loss}`;
  const others = [network.image, adversarial, tangents, tying];
  if (kind === 'softBoosting' && mixup !== undefined) return 'boosted submodels mix no rows';
  return others.some((technique) => technique !== null) ? 'submodels have a technique of one network' : null;
}
