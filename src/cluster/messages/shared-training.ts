// What all tasks of a training have in common, as the bytes of a blob; and whether this host may run it at all.

import { TuttiError } from '../../errors.js';
import { resolveArithmetic } from '../../kernels/arithmetic.js';
import type { Arithmetic } from '../../model/spec.js';
import { isPlainObject } from '../../option-names.js';
import { check, issueText } from '../../schema-check.js';
import { VERSION } from '../../version.js';
import { jsonBytes, jsonFrom } from './json-bytes.js';
import type { SharedTraining } from './task.js';

export function trainingBytes(training: SharedTraining): Uint8Array {
  return jsonBytes(training);
}

/**
 * The reverse of {@link trainingBytes}.
 * @param host who reads, for messages.
 * @throws ERR_TASK when it is no training, or one of another version of tutti.
 */
export async function trainingFrom(bytes: Uint8Array, host: string): Promise<SharedTraining> {
  const value = jsonFrom(bytes);
  if (value === undefined) failTraining('bytes that are no JSON');
  // First, because another version may have other fields.
  if (isPlainObject(value) && typeof value.version === 'string' && value.version !== VERSION) {
    throw new TuttiError(
      'ERR_TASK',
      `Expected a training of tutti ${VERSION}, which host ${host} has, got one of tutti ${value.version}: ` +
        'coordinator and workers need the same',
      { host, version: VERSION, got: value.version },
    );
  }
  const { sharedSchema } = await import('./schema.js');
  const { data, issue } = check(sharedSchema, value);
  return issue === null ? data : failTraining(`one that is wrong at ${issueText(issue)}`);
}

/** @throws ERR_ARITHMETIC naming the host when its arithmetic is not to be had here. */
export function requireArithmetic(arithmetic: Arithmetic, host: string): void {
  try {
    resolveArithmetic(arithmetic);
  } catch (error) {
    if (!(error instanceof TuttiError) || error.code !== 'ERR_ARITHMETIC') throw error;
    const message = `Host ${host} cannot take part in a training in ${arithmetic} arithmetic: ${error.message}`;
    throw new TuttiError('ERR_ARITHMETIC', message, { host, arithmetic }, error);
  }
}

function failTraining(got: string): never {
  throw new TuttiError('ERR_TASK', `Expected the training of a task, got ${got}`);
}
