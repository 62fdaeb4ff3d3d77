// What piscina starts in every pool thread: it imports the thread's worker. Piscina itself would `require` the worker,
// an ES module, and a thread that is ended while Node.js 20 links one for `require` takes the process with it.

import workerThreads = require('node:worker_threads');

import type { ThreadData } from '../src/pool/messages.js' with { 'resolution-mode': 'import' };

const { worker } = workerThreads.workerData as ThreadData;

async function load(): Promise<unknown> {
  const { default: handler } = (await import(worker)) as { default?: unknown };
  // Of CommonJS that was compiled from ES modules, the default export is one further in.
  const isInner = typeof handler === 'object' && handler !== null && 'default' in handler;
  return isInner ? handler.default : handler;
}

/** Piscina would take an error for a worker without a handler; thrown by nobody's promise it ends the thread. */
function failThread(error: unknown): Promise<never> {
  setImmediate(() => {
    throw error;
  });
  return new Promise(() => {});
}

exports.default = load().catch(failThread);
