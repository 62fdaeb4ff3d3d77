// What the options of a network become in its spec.

import { failOption } from '../../errors.js';
import type { ImageShape } from '../../model/image.js';
import { weightShapes } from '../../model/layers.js';
import { layerShapes } from '../../model/network.js';
import { resolveInputs, type Unfit } from '../../model/options/embedding-options.js';
import type { FilledOptions } from '../../model/options/filled-options.js';
import { asWritten, requireWholeImage } from '../../model/options/layer-options.js';
import { resolveNetwork } from '../../model/options/network-options.js';
import { resolveOptimisation } from '../../model/options/optimisation-options.js';
import { resolvePerturbations } from '../../model/options/perturbation-options.js';
import { presetOf } from '../../model/options/presets.js';
import { resolveActivityPenalty, resolveDropout } from '../../model/options/regularization-options.js';
import { requireShareable, resolveSharing } from '../../model/options/sharing-options.js';
import { requireRoles, resolveMixup, resolveSteps } from '../../model/options/step-options.js';
import type { MemberOptions } from '../../model/options/training-options.js';
import { resolveTrajectory } from '../../model/options/trajectory-options.js';
import { resolveTying } from '../../model/options/tying-options.js';
import { trainedShapes } from '../../model/shared-weights.js';
import type { NetworkMemberSpec, SharingSpec } from '../../model/spec.js';
import type { ResolveContext } from '../shared/definition.js';

/** What is in use of what embedded inputs do not go with. */
function unfitForEmbeddings(o: FilledOptions, image: ImageShape | null): readonly Unfit[] {
  const all: readonly (Unfit | false)[] = [
    image !== null && ['image', 'absent', Object.values(image).join('×')],
    o.featureShare !== 1 && ['featureShare', '1', o.featureShare],
    o.inputKeep !== 1 && ['inputKeep', '1', o.inputKeep],
    o.tie !== 0 && ['tie', '0', o.tie],
    o.tangentStrength !== 0 && ['tangentStrength', '0', o.tangentStrength],
  ];
  return all.filter((one) => one !== false);
}

/**
 * Of a run that leaves several members, the first. The network of a module takes the place of the options of layers.
 */
export function resolveNetworkMember(
  o: FilledOptions,
  own: MemberOptions,
  { task, rows, features, inputColumns, turn, tangents, module, common }: ResolveContext,
): NetworkMemberSpec {
  const translated = module?.translated ?? null;
  const { network: bare, written } =
    translated === null
      ? resolveNetwork(o, own)
      : { network: translated.network, written: asWritten(translated.network.layers) };
  const { image } = bare;
  const embeddable = {
    turn: translated === null ? turn : null,
    rows,
    isLinear: written.length === 0,
  };
  const inputs = resolveInputs(o, own, inputColumns, unfitForEmbeddings(o, image), embeddable);
  requireWholeImage(image, o.featureShare);
  const sharing = resolveSharing(o);
  const spec: NetworkMemberSpec = {
    engine: 'wasm',
    network: inputs === undefined ? bare : { ...bare, inputs },
    ...resolveOptimisation(o, own, task),
    ...common,
    dropout: translated === null ? resolveDropout(o, written) : translated.dropout,
    activityPenalty: resolveActivityPenalty(o.activityPenalty, own.activityLayers, written),
    ...resolvePerturbations(o, own, tangents, image),
    tying: resolveTying(o, own.tiedLayers, written),
    ...resolveSteps(o, own.gradientClip),
    ...resolveTrajectory(o, own.trajectoryStart),
    ...resolveMixup(o),
    ...(sharing === null ? {} : submodelsOfRun(sharing)),
  };
  requireComposable(spec);
  if (sharing !== null) requireShareable(spec);
  // For its complaints about layers that do not fit, too.
  const shapes = trainedShapes(spec, layerShapes(spec, features, task));
  const preset = own.preset === undefined ? {} : presetOf(own.preset).options;
  requireRoles(o, new Set(shapes.flatMap(weightShapes).map(({ role }) => role)), preset);
  return spec;
}

/**
 * @throws ERR_OPTION for what a network that is not linear between its activations has no answer for, and for steps that are not
 * those of the weights that `ntk` trains.
 */
function requireComposable({ network, tangents, dropout, optimizer }: NetworkMemberSpec): void {
  if (network.init === 'ntk' && optimizer.kind === 'muon')
    failOption('init', 'he or glorot with muon, whose steps have a size of their own', 'ntk');
  const special = network.layers.find(({ kind }) => kind === 'layerNorm' || kind === 'add');
  if (special === undefined) return;
  const layers = `a network with ${special.kind === 'add' ? 'skip connections' : 'layer normalisation'}`;
  if (tangents !== null) failOption('tangentStrength', `0 for ${layers}`, tangents.strength);
  if (dropout?.scaling === 'plain') failOption('dropoutScaling', `inverted for ${layers}`, 'plain');
}

/** The first of the submodels that a run leaves together. */
function submodelsOfRun(sharing: SharingSpec): Pick<NetworkMemberSpec, 'snapshot' | 'sharing'> {
  return { snapshot: { index: 0, of: sharing.submodels, at: 'end' }, sharing };
}
