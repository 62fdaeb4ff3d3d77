// A task as a queue carries it: signed, and known by the hash of what it asks. Where its blobs are, and who may not have
// it, is signed too and not hashed, so that it can change while the task waits.

import { createHash } from 'node:crypto';
import { TuttiError } from '../../errors.js';
import { sortedJson } from '../../files/sorted-plain.js';
import { progressFrom, sentProgress } from '../../training/plan/progress-form.js';
import type { QueuedTask } from '../queue/task-queue.js';
import type { SentMember } from './schema.js';
import type { Secret } from './secret.js';
import { failText, readSigned, signText } from './signed-text.js';
import type { Postage, Task, TaskMember } from './task.js';

/** A body is no longer: queues keep them in memory. */
export const MOST_TASK_BYTES = 4096;

/** The id of a task: the hash of what it asks, and of nothing else. */
export function taskId(task: Task): string {
  return createHash('sha256')
    .update(`tutti task 1\n${sortedJson(sentTask(task))}`)
    .digest('hex');
}

/** @throws ERR_INTERNAL for one that is too long; `describeJob` makes none. */
export function sealTask(secret: Secret, task: Task, postage: Postage): QueuedTask {
  const id = taskId(task);
  const body = signText(secret, 'task', id, { task: sentTask(task), postage });
  if (Buffer.byteLength(body) > MOST_TASK_BYTES) {
    const message = `A task takes ${Buffer.byteLength(body)} bytes where ${MOST_TASK_BYTES} are the most`;
    throw new TuttiError('ERR_INTERNAL', message, { task: id });
  }
  return { id, training: task.training, body };
}

export interface OpenedTask {
  readonly id: string;
  readonly task: Task;
  readonly postage: Postage;
}

/**
 * What a delivery asks.
 * @throws ERR_TASK when it is not as a coordinator with this secret signed it, or goes by another's id.
 */
export async function openTask(
  secret: Secret,
  { id, body }: { readonly id: string; readonly body: string },
): Promise<OpenedTask> {
  if (typeof body !== 'string' || Buffer.byteLength(body) > MOST_TASK_BYTES) {
    failText('task', `one of more than ${MOST_TASK_BYTES} bytes`);
  }
  const { queuedSchema } = await import('./schema.js');
  const { task: sent, postage } = readSigned(secret, 'task', id, body, queuedSchema);
  const members = typeof sent.members === 'string' ? sent.members : sent.members.map(memberFrom);
  const task: Task = { ...sent, members };
  if (taskId(task) !== id) failText('task', 'one that goes by the id of another');
  return { id, task, postage };
}

function sentTask({ members, ...task }: Task): object {
  return { ...task, members: typeof members === 'string' ? members : members.map(sentMember) };
}

/** A member as JSON says it. */
export function sentMember({ from, ...member }: TaskMember): SentMember {
  if (from === null) return { ...member, from };
  return { ...member, from: { ...sentProgress(from), parameters: from.parameters } };
}

export function memberFrom({ from, ...member }: SentMember): TaskMember {
  if (from === null) return { ...member, from };
  return { ...member, from: { ...progressFrom(from), parameters: from.parameters } };
}
