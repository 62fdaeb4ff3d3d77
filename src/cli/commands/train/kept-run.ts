// What a checkpoint keeps for `tutti resume`: the request of the run, and where it was made.

import { quoted } from '../../../files/shell-word.js';
import type { PoolFlags } from '../../options/pool-flags.js';
import { type ClusterFlags, clusterWords } from '../../options/training-place.js';
import type { ExtensionRequest, KeptRun, RunRequest, TrainingRequest } from './requests.js';
import type { RunNote, TrainNote } from './run-note.js';

export function noteOfTraining(request: TrainingRequest, on: PoolFlags): TrainNote {
  return plain({ ...common(on), command: 'train', request: withoutServer(request) });
}

export function noteOfExtension(request: ExtensionRequest, on: PoolFlags): RunNote {
  return plain({ ...common(on), command: 'extend', request: withoutServer(request) });
}

/** A checkpoint may be somebody else’s: whom to connect to, with a token of the user’s, is said by the user alone. */
function withoutServer<Request extends RunRequest>(request: Request): Request {
  const { log } = request;
  return log === undefined ? request : { ...request, log: { folder: log.folder } };
}

function common(on: PoolFlags) {
  return { version: 1, cwd: process.cwd(), ...on } as const;
}

/** What JSON can say, without what is not there. */
function plain<Note extends RunNote>(note: Note): Note {
  return JSON.parse(JSON.stringify(note));
}

/** @param file of the rows; what came from standard input has to come again, and so has the cluster. */
export function keptRun(folder: string, file: string, cluster: ClusterFlags | null): KeptRun {
  const rows = file === '-' ? ' --data -' : '';
  return { folder, resume: `tutti resume ${quoted(folder)}${rows}${clusterWords(cluster)}` };
}
