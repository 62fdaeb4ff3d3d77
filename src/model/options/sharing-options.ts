// The options of submodels that share weights: their records, and what they resolve to in the spec of the first member
// that a run leaves, refusing what has no meaning for several networks at once.

import { failOption } from '../../errors.js';
import { describeLayer } from '../layers.js';
import { type LayerSpec, type NetworkMemberSpec, SHARINGS, type SharingSpec } from '../spec.js';
import { field, OWN_LAYERS } from './field.js';

const isSharing = ({ sharing }: Pick<SharingOptions, 'sharing'>) => sharing !== 'none';

const ofSharing = {
  group: 'sharing',
  by: OWN_LAYERS,
  when: { says: '`sharing` is not none', holds: isSharing },
} as const;

export const sharingFields = {
  sharing: field((z) => z.enum(['none', ...SHARINGS]), {
    group: 'sharing',
    by: OWN_LAYERS,
    spec: 'sharing.kind',
    says: 'submodels that one run trains together and leaves as members: over one matrix a layer, scaled by each (batchEnsemble, tabm, tabmMini), under masks (masksembles), or side by side on the same batches (packed)',
    saysFlag: 'submodels that one run trains together and leaves as members, over weights that they share',
    default: 'none',
    example: 'tabm',
  }),
  submodels: field((z) => z.int().min(2).max(1024), {
    ...ofSharing,
    spec: 'sharing.submodels',
    says: 'submodels of a run that share weights, each a member of its own',
    default: 8,
    argument: 'k',
    example: 16,
  }),
  submodelBatch: field((z) => z.enum(['whole', 'split']), {
    ...ofSharing,
    spec: 'sharing.batch',
    says: 'whether every submodel trains on all examples of a batch, or batchEnsemble and masksembles divide it, which takes little more time than one network',
    default: 'whole',
    example: 'split',
  }),
  maskScale: field((z) => z.number().min(1).max(100), {
    ...ofSharing,
    when: {
      says: '`sharing` is masksembles',
      holds: ({ sharing }: Pick<SharingOptions, 'sharing'>) => sharing === 'masksembles',
    },
    spec: 'sharing.maskScale',
    says: 'masksembles: how little the units that submodels keep have in common; at 1 all keep the same',
    default: 2,
    example: 4,
  }),
};

/** The options of shared weights, defaults in place, and those they are checked against. */
export interface SharingOptions {
  readonly sharing: 'none' | (typeof SHARINGS)[number];
  readonly submodels: number;
  readonly submodelBatch: SharingSpec['batch'];
  readonly maskScale: number;
  readonly batchSize: number;
  readonly snapshots: number;
}

/** @throws ERR_OPTION for what other runs leave, and for batches too small to be divided. */
export function resolveSharing(o: SharingOptions): SharingSpec | null {
  const { sharing: kind, submodels, submodelBatch, maskScale, batchSize } = o;
  if (kind === 'none') return null;
  if (o.snapshots > 1) failOption('snapshots', '1 with `sharing`', o.snapshots);
  if (submodelBatch === 'split' && kind !== 'batchEnsemble' && kind !== 'masksembles')
    failOption('submodelBatch', `whole with \`sharing\` ${kind}`, submodelBatch);
  if (submodelBatch === 'split' && batchSize < 8 * submodels) {
    failOption(
      'batchSize',
      `at least 8 × \`submodels\` (${8 * submodels}) with \`submodelBatch\` split`,
      batchSize,
    );
  }
  return { kind, submodels, batch: submodelBatch, ...(kind === 'masksembles' ? { maskScale } : {}) };
}

/** What of a network submodels can share. @throws ERR_OPTION for techniques that are of one network alone */
export function requireShareable(spec: NetworkMemberSpec): void {
  const { network, adversarial, tangents, tying, activityPenalty, mixup = null } = spec;
  const refused = [
    ['image', network.image],
    ['adversarialEpsilon', adversarial],
    ['tangents', tangents],
    ['tie', tying],
    ['activityPenalty', activityPenalty],
    ['mixup', mixup],
  ] as const;
  for (const [option, technique] of refused) {
    if (technique !== null) failOption(option, 'absent with `sharing`', 'both');
  }
  if (network.init === 'ntk') failOption('init', 'he or glorot with `sharing`', network.init);
  const [first] = network.layers;
  if (first !== undefined && first.kind !== 'dense')
    failOption('layers', 'a dense layer first with `sharing`', describeLayer(first));
  const other = network.layers.find(({ kind }) => !SHAREABLE.has(kind));
  if (other !== undefined)
    failOption('layers', 'no layer over an image with `sharing`', describeLayer(other));
}

/** Layers that work unit by unit, or that are dense. */
const SHAREABLE: ReadonlySet<LayerSpec['kind']> = new Set(['dense', 'layerNorm', 'add']);
