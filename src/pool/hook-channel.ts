// Conversations across threads, by comlink: the coordinator serves a member's epoch ends on a port, the
// thread asks and waits. Only used when a user's callback can change the training, since each question
// costs a thread a round trip; progress and cancellation go through the control block instead.

import type { MessagePort } from 'node:worker_threads';
import * as comlink from 'comlink';
import type { EpochHook } from '../training/session/job.js';
import type { HookServer } from './messages.js';

/** Serves a hook on a port until the port is closed. */
export function serveHooks(epochEnd: EpochHook, port: MessagePort): void {
  const server: HookServer = { epochEnd };
  comlink.expose(server, endpoint(port));
}

/** The thread's side: a hook that asks the coordinator. */
export function askHooks(port: MessagePort): EpochHook {
  const server = comlink.wrap<HookServer>(endpoint(port));
  return (event) => server.epochEnd(event);
}

/** Node's ports have the event interface comlink asks for; only the type declarations differ. */
function endpoint(port: MessagePort): comlink.Endpoint {
  return port as unknown as comlink.Endpoint;
}
