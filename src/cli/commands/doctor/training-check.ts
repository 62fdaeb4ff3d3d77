// Whether this machine trains, and gives the bytes that every other does: a training of a moment on threads, whose
// content hash is known.

import { contentHash } from '../../../bundle/content-hash.js';
import { Dataset } from '../../../data/dataset/dataset.js';
import { resolveArithmetic } from '../../../kernels/arithmetic.js';
import type { TrainingOptions } from '../../../model/options/training-options.js';
import type { Arithmetic } from '../../../model/spec.js';
import { createPool } from '../../../pool/pool.js';
import { counted } from '../../../report/words.js';
import { trainEnsemble } from '../../../training/train-ensemble.js';
import { endWithProcess } from '../../terminal/ending.js';
import { attempt, type Finding, fine, wrong } from './finding.js';

/** Of {@link OPTIONS} on {@link threeClasses}. They change only where test/golden changes, on purpose. */
const GOLDEN: Readonly<Record<Arithmetic, string>> = {
  strict: '77d5c879a276cc4de17640ba366717a1af4d1ae3a668a0a3ecaf8aae9b8ed306',
  fused: 'e55c03c9dd3d8c2a11f5d1fd3decd73d6ad77aab8dc28836471228b63150a5bc',
};

/** Every option that a default could move is stated. */
const OPTIONS: TrainingOptions = {
  members: 4,
  seed: 7,
  hidden: [9, 5],
  activation: 'tanh',
  init: 'glorot',
  epochs: 4,
  batchSize: 16,
  optimizer: 'adam',
  learningRate: 0.01,
  schedule: 'constant',
  resample: 'bootstrap',
  earlyStopping: 'none',
  hiddenKeep: 0.8,
};

const THREADS = 2;

/** 60 rows of three classes, with features that are exact in any precision. */
function threeClasses(): Dataset {
  const [rows, features] = [60, 4];
  const labels = Int32Array.from({ length: rows }, (_, row) => row % 3);
  const x = Float32Array.from({ length: rows * features }, (_, at) => {
    const [row, feature] = [Math.floor(at / features), at % features];
    return ((row * 7 + feature * 13 + labels[row]! * (feature + 2)) % 11) / 4;
  });
  return Dataset.fromArrays({ x, rows, features, labels });
}

/** Trains in every arithmetic of this machine. */
export async function trainingChecks(): Promise<Finding[]> {
  const hashes = new Map<Arithmetic, string>();
  const threads = await attempt(
    'Threads',
    'see what the line says; TUTTI_DEBUG=1 tutti train … shows where it happens',
    async () => {
      const runner = endWithProcess(createPool({ threads: THREADS }));
      for (const arithmetic of arithmetics()) {
        const ensemble = await trainEnsemble(threeClasses(), { ...OPTIONS, arithmetic }, { runner });
        hashes.set(arithmetic, contentHash(ensemble));
      }
      return fine('Threads', `${counted(THREADS, 'thread')} start and train`);
    },
  );
  return threads.state === 'wrong' ? [threads] : [threads, sameBytes(hashes)];
}

function arithmetics(): Arithmetic[] {
  try {
    return resolveArithmetic('fused') === 'fused' ? ['strict', 'fused'] : ['strict'];
  } catch {
    return ['strict'];
  }
}

export function sameBytes(hashes: ReadonlyMap<Arithmetic, string>): Finding {
  const name = 'The same bytes';
  const other = [...hashes].find(([arithmetic, hash]) => hash !== GOLDEN[arithmetic]);
  const known = [...hashes.keys()].join(' and ');
  if (other === undefined) return fine(name, `a small training gives those of every machine, ${known}`);
  return wrong(
    name,
    `in ${other[0]} arithmetic a small training gives ${other[1]}, elsewhere ${GOLDEN[other[0]]}`,
    'figures hold on this machine, but no byte for byte repetition on others: please report it with this text',
  );
}
