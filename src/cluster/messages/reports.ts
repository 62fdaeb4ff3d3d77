// What hosts and a coordinator tell each other of a task: what came of it, how far it is, that it is to end.

import type { Digest } from '../../blobs/blob-store.js';
import { type ErrorCode, TuttiError } from '../../errors.js';
import { shortened } from '../../plain-text.js';
import type { Secret } from './secret.js';
import { readSigned, signText } from './signed-text.js';

/** What came of a task: it is in the store by then. */
export interface TaskResult {
  /** Who did it. */
  readonly host: string;
  /** Of the outcomes (`packAnswer`): the same from every host that computes right. */
  readonly outcomes: Digest;
  /** What ran the kernels there. */
  readonly executors: readonly string[];
}

/** How far a task is; of a group in lockstep as of its longest member. */
export interface TaskProgress {
  readonly host: string;
  readonly member: number;
  /** Epochs finished, of so many. */
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number | null;
  /** Of the member's training, 0…1. */
  readonly share: number;
  /** The members as they were handed over last (`packHanded`); null where they were not. */
  readonly handed: Digest | null;
  /** Why this host cannot do it at all, and gives it back: then it is no progress. */
  readonly refused: Refusal | null;
}

/** Why a host cannot do a task that another might. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

/** A task is kept in the queue's memory, and what is said of it too. */
const MOST_REFUSAL_CHARACTERS = 1000;

/** What all hosts are told. */
export interface Control {
  /** `stop`: at the next step; `pause`: with the epoch, whose states come back. */
  readonly call: 'stop' | 'pause';
  readonly training: Digest;
  /** One task's id; null for all of the training. */
  readonly task: string | null;
}

export function sealResult(secret: Secret, taskId: string, result: TaskResult): string {
  return signText(secret, 'result', taskId, result);
}

/** @throws ERR_TASK when it is not that of this task as a host with this secret signed it. */
export async function openResult(secret: Secret, taskId: string, text: string): Promise<TaskResult> {
  const { resultSchema } = await import('./schema.js');
  return readSigned(secret, 'result', taskId, text, resultSchema);
}

export function sealProgress(secret: Secret, taskId: string, progress: TaskProgress): string {
  const loss = progress.loss !== null && Number.isFinite(progress.loss) ? progress.loss : null;
  const refused = progress.refused && {
    code: progress.refused.code,
    message: shortened(progress.refused.message, MOST_REFUSAL_CHARACTERS),
  };
  return signText(secret, 'progress', taskId, { ...progress, loss, refused });
}

/** @throws ERR_TASK */
export async function openProgress(secret: Secret, taskId: string, text: string): Promise<TaskProgress> {
  const { taskProgressSchema } = await import('./schema.js');
  return readSigned(secret, 'progress', taskId, text, taskProgressSchema);
}

export function sealControl(secret: Secret, control: Control): string {
  return signText(secret, 'control', '', control);
}

/** @throws ERR_TASK */
export async function openControl(secret: Secret, text: string): Promise<Control> {
  const { controlSchema } = await import('./schema.js');
  return readSigned(secret, 'control', '', text, controlSchema);
}

const ENDED_WITH = /^(ERR_THREAD_LOST) (.*)$/s;

/** What a task fails with whose thread was lost, for whoever decides whether it is tried again. */
export function failedReason({ code, message }: TuttiError): string {
  return `${code} ${shortened(message, MOST_REFUSAL_CHARACTERS)}`;
}

/** The error of a task that failed with these words, which are a host's own or the queue's. */
export function failureOf(reason: string): TuttiError {
  const [, code, message] = ENDED_WITH.exec(reason) ?? [];
  if (code === 'ERR_THREAD_LOST') return new TuttiError(code, message!);
  return new TuttiError('ERR_TASK', `A task failed for a reason that no host of tutti gives: ${reason}`);
}
