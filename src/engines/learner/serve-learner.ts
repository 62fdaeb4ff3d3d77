// A learner's own thread, or process: imports the module, keeps restored models and predicts with them. What is asked when, and how
// long it may take, is the business of learner-thread.ts.

import { toWire } from '../../errors.js';
import { lastingChange } from '../user-modules/intrinsics.js';
import { importError, type ModuleUse, NEVER_LOADS } from '../user-modules/user-module.js';
import { type Learner, loadLearner } from './learner.js';
import { type Answer, type ServedModel, serveHere } from './served-model.js';
import type { Asked, LearnerPort } from './thread-messages.js';

/** Answers what comes on a port, for as long as the thread lives. */
export function serveLearner(port: LearnerPort): void {
  const answerTo = answers(port);
  port.listen(async ({ id, asked }) => {
    const result = await answerTo(asked).catch((error) => ({ error: toWire(error) }));
    if (asked.kind === 'drop') return;
    await flushWords();
    port.reply({ id, ...result, spoiled: lastingChange() !== null });
  });
}

function answers(port: LearnerPort): (asked: Asked) => Promise<{ answer?: Answer }> {
  let learner: Learner | null = null;
  const models = new Map<number, ServedModel>();
  return async (asked) => {
    switch (asked.kind) {
      case 'import':
        learner = await unlessIdle(port, asked, () => loadLearner(asked.module, asked.member));
        return {};
      case 'restore':
        models.set(asked.model, await serveHere(learner!, asked.bytes, asked.place));
        return {};
      case 'predict':
        return { answer: await models.get(asked.model)!.predict(asked.x, asked.rows, asked.length) };
      case 'drop':
        models.delete(asked.model);
        return {};
      default:
        return asked satisfies never;
    }
  };
}

/**
 * Runs what imports a module.
 * @throws ERR_MODULE when nothing is left on this thread that could bring it to an end.
 */
async function unlessIdle<T>(port: LearnerPort, use: ModuleUse, run: () => Promise<T>): Promise<T> {
  let onIdle = () => {};
  const idle = new Promise<never>((_, reject) => {
    onIdle = () => reject(importError(use, NEVER_LOADS));
  });
  process.once('beforeExit', onIdle);
  port.keep(false);
  try {
    return await Promise.race([run(), idle]);
  } finally {
    port.keep(true);
    process.off('beforeExit', onIdle);
  }
}

/** What the learner has said goes out before its answer: the thread may be ended after that. */
async function flushWords(): Promise<void> {
  if (process.stderr.writableLength === 0) return;
  await new Promise<void>((resolve) => process.stderr.write('', () => resolve()));
}
