// The ports that go to a thread with a job, and what is said on them: questions at epoch ends, whose answers the thread
// waits for, and members in training, which it hands over without waiting. There are none where nobody asked for them.

import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { EpochHook, HandedMember, JobHooks } from '../training/session/job.js';
import type { MemberTask } from './messages.js';

type Ports = Pick<MemberTask, 'hooks' | 'handOvers'>;

/** The thread's ends of a job's ports, to be sent there, and what closes the others. */
export interface JobPorts {
  readonly ports: Ports;
  readonly sent: readonly MessagePort[];
  close(): void;
}

/** @param answer has a question answered. */
export async function openPorts(
  { onEpochEnd, onHandOver }: JobHooks,
  answer: <Answer>(ask: () => Promise<Answer>) => Promise<Answer>,
): Promise<JobPorts> {
  const hooks = onEpochEnd === undefined ? null : new MessageChannel();
  const handOvers = onHandOver === undefined ? null : new MessageChannel();
  if (hooks !== null) {
    // Loaded only here: most trainings have no callbacks.
    const { serveHooks } = await import('./hook-channel.js');
    serveHooks((event) => answer(() => onEpochEnd!(event)), hooks.port1);
  }
  handOvers?.port1.on('message', (members: readonly (HandedMember | null)[]) => onHandOver!(members));
  const channels = [hooks, handOvers].filter((channel) => channel !== null);
  return {
    ports: { hooks: hooks?.port2 ?? null, handOvers: handOvers?.port2 ?? null },
    sent: channels.map(({ port2 }) => port2),
    close() {
      for (const { port1 } of channels) port1.close();
    },
  };
}

/** The thread's side. */
export async function hooksOn({ hooks, handOvers }: Ports): Promise<JobHooks> {
  const onEpochEnd: EpochHook | undefined =
    hooks === null ? undefined : (await import('./hook-channel.js')).askHooks(hooks);
  const onHandOver: JobHooks['onHandOver'] =
    handOvers === null ? undefined : (members) => handOvers.postMessage(members);
  return { onEpochEnd, onHandOver };
}

export function closePorts({ hooks, handOvers }: Ports): void {
  hooks?.close();
  handOvers?.close();
}
