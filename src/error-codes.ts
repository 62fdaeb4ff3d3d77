// What every error code means, for whoever reads of it: docs/reference/error-codes.md is written from this. Apart from
// errors.ts, because nobody who only throws needs the texts.

import { type ErrorCode, EXIT_STATUS } from './errors.js';

/** What a code stands for. */
export interface ErrorMeaning {
  /** What happened. */
  readonly means: string;
  /** What whoever sees it can do. */
  readonly todo: string;
  /** The command line's exit status: 2 wrong usage or input, 1 the work failed, 130 interrupted. */
  readonly exitStatus: 1 | 2 | 130;
}

const TEXTS: Readonly<Record<ErrorCode, Omit<ErrorMeaning, 'exitStatus'>>> = {
  ERR_OPTION: {
    means:
      'An option, a key of a config file or an argument of a function is wrong, unknown or without effect.',
    todo: 'Give what the message expects; `details.option` names the option.',
  },
  ERR_DATA: {
    means: 'What a data file or a dataset holds is wrong.',
    todo: 'Mend the cell or column that the message names, or say with an option how to take it (`missing`, `impute`, `unseen`, `drop`, …).',
  },
  ERR_SHAPE: {
    means: 'Arrays or datasets do not fit together or do not fit the ensemble.',
    todo: 'Compare the lengths that the message names; rows are whole rows of features, one after another.',
  },
  ERR_FILE: {
    means: 'A file cannot be read or written.',
    todo: 'Check the path, its permissions and the space that is left; the message has the reason of the system.',
  },
  ERR_BUNDLE: {
    means: 'A saved ensemble is damaged, cut short, of a newer version or not one at all.',
    todo: 'Copy the file anew, or update tutti where the message says that the format is newer. Nothing of it was read.',
  },
  ERR_CHECKPOINT: {
    means:
      'The folder of a checkpoint cannot be used: it is in use, holds another training, none, or what is damaged, or it cannot be written.',
    todo: 'Do what the message says; members that are finished there are safe. `tutti resume` goes on with the training that a folder holds.',
  },
  ERR_PLAN: {
    means:
      'The folder of a plan cannot be used: it holds none, another one, what is damaged, or not yet all of its members.',
    todo: 'Do what the message says; members that are trained there are safe, and training them again does no harm.',
  },
  ERR_STORE: {
    means:
      'The store that hosts share (a folder, a coordinator, an object store) cannot be reached, or refuses.',
    todo: 'Check its address, what it lets this host do, and the space that is left; the message has its own reason.',
  },
  ERR_BLOB: {
    means: 'Bytes that hosts share are missing, cut short or altered: they are not what their SHA-256 says.',
    todo: 'Begin the training again where they are inputs, which stores them anew; look at the disk or the network between.',
  },
  ERR_QUEUE: {
    means: 'The queue of a cluster cannot be reached, refuses, or is not set up as tasks need it.',
    todo: 'Check the URL, who may use the server and how it is set up; docs/guide/cluster.md has what it needs.',
  },
  ERR_TASK: {
    means:
      'A message of a cluster, such as a task or its result, is not what it should be: signed with another secret, altered, one that cannot be, or made by another version.',
    todo: 'Give coordinator and workers the same secret and the same version of tutti; the message names what differs.',
  },
  ERR_HOST_LOST: {
    means: 'So many hosts of a cluster were lost while they trained a member that it was given up.',
    todo: 'Look at the hosts that the message names, and at the memory and the modules of the member; `tutti resume` tries it again.',
  },
  ERR_HOST_DIFFERS: {
    means: 'Hosts of a cluster, or of a plan, came to different bytes for the same member.',
    todo: 'Take the host that is at fault out of service (the message names it, or those that differ): its memory or its processor computes wrong. Train its members again.',
  },
  ERR_MEMORY: {
    means: 'The work would need more memory than there is.',
    todo: 'Train on fewer threads, with fewer or smaller members or on fewer columns, or raise the limit of the machine.',
  },
  ERR_ARITHMETIC: {
    means:
      'The arithmetic that was asked for, or that an ensemble was trained in, cannot be done on this machine.',
    todo: 'Leave `arithmetic` at auto or take strict, which every machine does; check `TUTTI_ARITHMETIC`.',
  },
  ERR_EXECUTOR: {
    means: 'The executor that `TUTTI_EXECUTOR` asks for is not there, or there is none of that name.',
    todo: 'Unset it, and `tutti doctor` says which executor there is and why; or install the package that the message names.',
  },
  ERR_ENGINE_MISSING: {
    means:
      'A package that is installed apart, such as the engine tfjs or what draws PNG files, is not there or cannot be loaded.',
    todo: 'Install the package that the message names.',
  },
  ERR_MODULE: {
    means:
      'A module of yours is not there, has changed since it was trained with, is not allowed, or exports the wrong thing.',
    todo: 'Check the path and what the module exports; a file that changed has to be as it was, or the members trained anew.',
  },
  ERR_DIVERGED: {
    means: "A member's loss, one of its weights or its answers became NaN or infinite.",
    todo: 'Lower `learningRate`, and look for values that are far out in the data; where few members do, `onDivergence: reseed` begins them again with other streams.',
  },
  ERR_LEARNER: {
    means: 'A learner threw, or answered with what are no predictions.',
    todo: 'Mend the module; the message and the cause are its own.',
  },
  ERR_DEADLINE: {
    means: 'A member took longer than it may.',
    todo: 'Raise `deadline`, or give the member less to do.',
  },
  ERR_THREAD_LOST: {
    means:
      'A thread, or a process, died as it trained a member, and so did those that tried again (`retries`).',
    todo: "Look for code of yours that ends its process, and for the memory limit of the machine; where it brings the whole process down, `isolate: 'process'` keeps it apart.",
  },
  ERR_THREAD_START: {
    means: 'No thread, or no process, can start, because of its worker file or of the system.',
    todo: "Check `workerPath` where the package is bundled; otherwise the system's limits of threads, processes and memory, and the permissions of Node.js.",
  },
  ERR_THREAD_BLOCKED: {
    means: 'A thread is blocked in the operating system and cannot be ended.',
    todo: 'Look for code of yours that waits in the system, such as a read of a pipe; the process has to end to be rid of it.',
  },
  ERR_MEMBERS_FAILED: {
    means: 'Every member of an ensemble failed.',
    todo: 'Look at the first error, which is the cause.',
  },
  ERR_REQUEST: {
    means:
      'A request to a served ensemble is not one that it answers: another address, method, type or size, or no rows.',
    todo: 'Send what the message expects; `/openapi.json` of the server says all that it takes.',
  },
  ERR_BUSY: {
    means: 'A served ensemble answers as many requests as it may, is about to end, or needed too long.',
    todo: 'Send the request again a little later, or one of fewer rows.',
  },
  ERR_CANCELLED: {
    means: 'The work was stopped by an AbortSignal or Ctrl-C, or what it needs was closed meanwhile.',
    todo: 'Nothing, where it was meant; a training keeps the members that are finished.',
  },
  ERR_INTERNAL: {
    means: 'A fault in tutti, or an error that it did not expect.',
    todo: 'Report it with the output of `TUTTI_DEBUG=1`, which shows where.',
  },
};

/** All codes, each with its meaning. */
export const ERROR_CODES = Object.fromEntries(
  Object.entries(TEXTS).map(([code, text]) => [
    code,
    { ...text, exitStatus: EXIT_STATUS[code as ErrorCode] },
  ]),
) as Readonly<Record<ErrorCode, ErrorMeaning>>;
