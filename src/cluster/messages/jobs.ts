// A job of the coordinator as a task, and a task as a job of another host's session. What a task says is held against the
// plan before it becomes one: executors check nothing, so that a wrong length would write over others' memory.

import { isDeepStrictEqual } from 'node:util';
import type { Digest } from '../../blobs/blob-store.js';
import { littleEndianBytes } from '../../bundle/weights.js';
import { TuttiError } from '../../errors.js';
import { check, issueText } from '../../schema-check.js';
import type { GroupMemberJob, Job, MemberJob } from '../../training/session/job.js';
import { membersOf } from './answer.js';
import { jsonBytes, jsonFrom } from './json-bytes.js';
import { memberOf, type TaskedTraining } from './member-of-task.js';
import { memberFrom, sentMember } from './queued-task.js';
import type { GetBytes, PutBytes, Task, TaskMember } from './task.js';

/** Beyond that members travel as a blob: a task is signed, has postage and is under 4 KB. */
const MOST_INLINE_BYTES = 2048;

/** What a task says beside its job. */
export type TaskTerms = Pick<Task, 'training' | 'handOvers'> & Partial<Pick<Task, 'copy'>>;

/** Anchors that were stored: all members of a round have the same. */
const anchors = new WeakMap<PutBytes, WeakMap<Float32Array, Promise<Digest>>>();

/**
 * The task that asks for a job; what it needs is in the store when this resolves.
 * @param put the same function for all jobs of a training, so that what they share is stored once.
 */
export async function describeJob(job: Job, { copy = 0, ...terms }: TaskTerms, put: PutBytes): Promise<Task> {
  const members = await Promise.all(membersOf(job).map((member) => describeMember(member, put)));
  const json = jsonBytes(members.map(sentMember));
  const described = json.length > MOST_INLINE_BYTES ? await put(json) : members;
  return { ...terms, kind: job.kind, members: described, copy };
}

async function describeMember(job: MemberJob | GroupMemberJob, put: PutBytes): Promise<TaskMember> {
  const { member, spec, from, until, anchor, state } = job;
  return {
    member,
    streams: spec.streams,
    from: from && {
      ...{ epoch: from.epoch, learningRate: from.learningRate, best: from.best },
      parameters: await put(littleEndianBytes(from.parameters)),
    },
    until,
    anchor: anchor && {
      values: await putOnce(anchor.values, put),
      memberCount: anchor.memberCount,
    },
    keepsState: state !== null,
    endsGroup: 'endsGroup' in job && job.endsGroup,
  };
}

function putOnce(values: Float32Array, put: PutBytes): Promise<Digest> {
  const known = anchors.get(put) ?? new WeakMap<Float32Array, Promise<Digest>>();
  anchors.set(put, known);
  const stored = known.get(values) ?? put(littleEndianBytes(values));
  known.set(values, stored);
  return stored;
}

/**
 * The job that a task asks for, with memory of its own for what it begins from and what it leaves.
 * @param slot where it runs here.
 * @throws ERR_TASK when it cannot be one of the training; whatever `get` throws.
 */
export async function jobOf(task: Task, training: TaskedTraining, get: GetBytes, slot: number): Promise<Job> {
  const described =
    typeof task.members === 'string' ? await readMembers(await get(task.members)) : task.members;
  const members = await Promise.all(
    described.map((member) => memberOf(member, task.kind, training, get, slot)),
  );
  const [first] = members;
  if (task.kind === 'member') {
    if (members.length !== 1) failMembers(`${members.length} members that are no group`);
    return first!;
  }
  requireGroup(members);
  return { kind: 'group', member: first!.member, slot, members };
}

async function readMembers(bytes: Uint8Array): Promise<readonly TaskMember[]> {
  const { membersSchema } = await import('./schema.js');
  const value = jsonFrom(bytes);
  if (value === undefined) failMembers('bytes that are no JSON');
  const { data, issue } = check(membersSchema, value);
  return issue === null ? data.map(memberFrom) : failMembers(`what is wrong at ${issueText(issue)}`);
}

/** Members of one group in lockstep, in plan order. */
function requireGroup(members: readonly MemberJob[]): asserts members is readonly GroupMemberJob[] {
  const [first] = members as readonly GroupMemberJob[];
  let before = -1;
  for (const { member, spec } of members as readonly GroupMemberJob[]) {
    if (member <= before) failMembers(`member ${member} after member ${before}`);
    before = member;
    if (isDeepStrictEqual(spec.tying, first!.spec.tying)) continue;
    failMembers(`members ${first!.member} and ${member}, which are not tied to each other`);
  }
}

function failMembers(got: string): never {
  throw new TuttiError('ERR_TASK', `Expected the members of a task, got ${got}`);
}
