// A worker of the playground: trains the strands that it is told to, or takes members in and measures them. It runs in a
// browser, where modules that know of Node.js have stand-ins (scripts/playground.mjs).

import type { TrainedMember } from '../ensemble/ensemble.js';
import { toWire } from '../errors.js';
import type { EpochMessage, MemberMessage, Reply, Request } from './client/protocol.js';
import { MeasuredMembers } from './measured-members.js';
import { type Planned, planOf, trainStrands } from './recipe.js';

/** What a browser's worker has of the globals that are needed here. */
interface WorkerScope {
  postMessage(reply: Reply, transfer?: readonly ArrayBufferLike[]): void;
  addEventListener(type: 'message', listener: (event: { readonly data: Request }) => void): void;
}

const scope = globalThis as unknown as WorkerScope;

let measured: MeasuredMembers | null = null;
/** Of the training that it last had a strand of. */
let known: { readonly run: number; readonly planned: Planned } | null = null;
/** One request after the other. */
let last: Promise<void> = Promise.resolve();

scope.addEventListener('message', ({ data: request }) => {
  last = last
    .then(() => answer(request))
    .catch((error: unknown) =>
      scope.postMessage({ kind: 'failed', run: request.run, message: toWire(error).message }),
    );
});

async function answer(request: Request): Promise<void> {
  const { run } = request;
  switch (request.kind) {
    case 'begin':
      measured = new MeasuredMembers(request.recipe);
      scope.postMessage({ kind: 'begun', run, beginning: measured.beginning });
      break;
    case 'train':
      await train(request);
      break;
    case 'measure':
      scope.postMessage({ kind: 'measured', run, arrival: await measured!.add(request.member) });
      break;
    case 'finish':
      scope.postMessage({ kind: 'ended', run, ending: await measured!.finish() });
      break;
    case 'save':
      scope.postMessage({ kind: 'saved', run, bytes: Uint8Array.from(await measured!.toBytes()) });
      break;
  }
}

async function train({ run, recipe, strand }: Extract<Request, { kind: 'train' }>): Promise<void> {
  if (known?.run !== run) known = { run, planned: planOf(recipe) };
  const { members, failures } = await trainStrands(known.planned, (key) => key === strand, {
    onEpochs: (epochs) =>
      scope.postMessage({
        ...{ kind: 'epochs', run },
        epochs: epochs.map(({ member, epoch, loss }): EpochMessage => ({ member, epoch, loss })),
      }),
  });
  if (failures.length > 0) throw new Error(failures[0]!.error.message);
  const own = members.map(asMessage);
  const transfer = own.map(({ parameters }) => parameters.buffer);
  scope.postMessage({ kind: 'trained', run, members: own }, transfer);
}

/** Pages that are not isolated may not send shared memory. */
function asMessage({ index, parameters, history, epoch, inBagRows }: TrainedMember): MemberMessage {
  return { index, parameters: Float32Array.from(parameters), history, epoch, inBagRows };
}
