// A small made-up ensemble, and files that claim to be one.

import { createHash } from 'node:crypto';
import { Packr } from 'msgpackr/pack';
import { encodeBinHeader, encodeHeaderStart } from '../../src/bundle/format.js';
import { metadataOf } from '../../src/bundle/metadata.js';
import type { Metadata } from '../../src/bundle/schema.js';
import type { TrainedEnsemble, TrainedMember } from '../../src/ensemble/ensemble.js';
import { layerShapes, parameterCount } from '../../src/model/network.js';
import { networkSpecs } from '../../src/model/network-members.js';
import type { NetworkMemberSpec } from '../../src/model/spec.js';
import { resolvePlan } from '../../src/training/options/options.js';

const TASK = { kind: 'classification', classes: ['no', 'yes', 'ÿes, "quoted"'] } as const;
const FEATURES = 3;

/** Three members of different sizes; every field that a bundle holds is in use. */
export function makeEnsemble(): TrainedEnsemble {
  const plan = resolvePlan(
    {
      members: [
        { hidden: [2] },
        { hidden: [4, 3], optimizer: 'sgd', earlyStopping: 'outOfBag' },
        { hidden: [] },
      ],
    },
    { task: TASK, features: FEATURES, seed: 7, arithmetic: 'strict' },
  );
  return {
    plan,
    task: TASK,
    features: FEATURES,
    encoding: {
      features: { mean: [1.5, 0, 0], std: [0.1, 1, 1], softClip: null },
      targets: { mean: [], std: [] },
    },
    preprocessing: {
      features: [
        { kind: 'numeric', column: 'a', mean: 1.5, std: 0.1, fill: null },
        { kind: 'categorical', column: 'b', categories: ['x', 'y'], fill: 'x' },
      ],
      unseen: 'error',
      target: { kind: 'classification', column: 'y', classes: TASK.classes },
      weightColumn: null,
      groupColumn: null,
    },
    datasetHash: 'ab'.repeat(32),
    trainedOn: {
      rowsHash: 'cd'.repeat(32),
      groupsHash: null,
      split: { testShare: 0.3, seed: 7, rows: 90 },
      featureRanges: { low: [1, 0, 0], high: [2, 1, 1] },
      targetRange: null,
    },
    members: plan.members.map((_, index) => makeMember(networkSpecs(plan)[index]!, index)),
    failures: [],
    complete: true,
    wallMs: null,
    executors: ['wasm'],
    baseline: null,
    calibration: null,
    conformity: null,
  };
}

function makeMember(spec: NetworkMemberSpec, index: number): TrainedMember {
  const length = parameterCount(layerShapes(spec, FEATURES, TASK));
  const weights = new Float32Array(new SharedArrayBuffer(4 * length));
  weights.forEach((_, i) => {
    weights[i] = Math.fround((index + 1) / (i + 1));
  });
  const history = [1, 2].map((epoch) => ({ epoch, loss: 1 / epoch, learningRate: 0.001 }));
  const withValidation = history.map((record) => ({ ...record, validationLoss: record.loss * 1.1 }));
  const model = null;
  return {
    index,
    parameters: weights,
    model,
    history: index === 1 ? withValidation : history,
    epoch: 2,
    inBagRows: 63,
  };
}

/** The ensemble without its member 1, which failed. */
export function makeIncomplete(): TrainedEnsemble {
  const ensemble = makeEnsemble();
  const error = {
    code: 'ERR_DIVERGED',
    message: 'Member 1 diverged',
    details: { member: 1, epoch: 3 },
  } as const;
  return {
    ...ensemble,
    members: ensemble.members.filter(({ index }) => index !== 1),
    failures: [{ index: 1, error }],
    complete: false,
  };
}

/** The bytes of a bundle with this encoded metadata and these weights, its checksum right. */
export function forge(metadata: Uint8Array, weights: readonly Uint8Array[] = []): Buffer {
  const payload = Buffer.concat([
    metadata,
    ...weights.flatMap((bytes) => [encodeBinHeader(bytes.length), bytes]),
  ]);
  return seal(Buffer.from(encodeHeaderStart(metadata.length, payload.length)), payload);
}

/** Header start and payload with the checksum that belongs to them. */
export function seal(start: Uint8Array, payload: Uint8Array): Buffer {
  return Buffer.concat([start, createHash('sha256').update(start).update(payload).digest(), payload]);
}

/** A bundle of the made-up ensemble whose metadata was changed, its checksum right. */
export function forgeChanged(change: (metadata: Mutable) => unknown): Buffer {
  const ensemble = makeEnsemble();
  const metadata = metadataOf(ensemble, null, null) as Mutable;
  const changed = change(metadata) ?? metadata;
  const weights = ensemble.members.map(({ parameters: own }) => Buffer.from(Float32Array.from(own).buffer));
  return forge(new Packr({ useRecords: false }).pack(changed), weights);
}

// biome-ignore lint/suspicious/noExplicitAny: tests put wrong types in on purpose
export type Mutable = { [Name in keyof Metadata]: any };
