// A plan as bytes and back, for other hosts: the same plan is the same bytes, and nothing of the bytes is believed.

import type { Dataset } from '../data/dataset/dataset.js';
import { storedEngineOf } from '../engines/stored-engines.js';
import { TuttiError } from '../errors.js';
import { NotPlainError, packArrays, unpackPlain } from '../files/plain-data.js';
import { sortedPlain } from '../files/sorted-plain.js';
import type { EnsemblePlan } from '../model/spec.js';
import { check, issueText } from '../schema-check.js';

/** The bytes of a plan, as msgpack with sorted keys. */
export function planBytes(plan: EnsemblePlan): Uint8Array {
  return packArrays(sortedPlain(plan), 'plan');
}

/**
 * The plan of {@link planBytes}.
 * @param fits the dataset that it is for, which its members must fit; it may come later: {@link requirePlanFits}.
 * @throws ERR_BLOB for bytes that are anything else.
 */
export async function planFrom(
  bytes: Uint8Array,
  fits?: Pick<Dataset, 'features' | 'task'>,
): Promise<EnsemblePlan> {
  const value = decode(bytes);
  // Here and not above, since zod takes as long to load as all the rest.
  const { planSchema } = await import('./schema.js');
  const { data, issue } = check(planSchema, value);
  if (issue !== null) failBytes(`are wrong at ${issueText(issue)}`);
  if (fits !== undefined) requirePlanFits(data, fits);
  return data;
}

/** @throws ERR_BLOB when a member of a plan that came as bytes cannot be trained on a dataset of these features and task. */
export function requirePlanFits(plan: EnsemblePlan, { features, task }: Pick<Dataset, 'features' | 'task'>) {
  for (const [index, spec] of plan.members.entries()) {
    const contradiction = storedEngineOf(spec).contradiction(spec, features, task);
    if (contradiction !== null) failBytes(`contradict the dataset: member ${index}'s ${contradiction}`);
  }
}

function decode(bytes: Uint8Array): unknown {
  try {
    return unpackPlain(bytes);
  } catch (error) {
    if (!(error instanceof NotPlainError)) throw error;
    return failBytes(`do not decode (${error.message})`, error);
  }
}

function failBytes(problem: string, cause?: unknown): never {
  throw new TuttiError('ERR_BLOB', `The bytes of a plan ${problem}`, {}, cause);
}
