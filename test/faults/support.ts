// What the fault suite shares: learners that misbehave once or always, commands in processes of their own, and what must
// not be left behind by either.

import { type ChildProcess, spawn } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { contentHash } from '../../src/bundle/content-hash.js';
import { loadEnsemble } from '../../src/bundle/load.js';
import type { Dataset } from '../../src/data/dataset/dataset.js';
import {
  createInlineRunner,
  type TrainedEnsemble,
  type TrainingOptions,
  trainEnsemble,
} from '../../src/index.js';
import { endBackground } from '../../src/threads/background-threads.js';
import { learnerOf } from '../support/learners.js';

/** What the package ships. */
const MAIN = fileURLToPath(new URL('../../bin/tutti.js', import.meta.url));

/** Seconds that a module may take in the tests that wait for it to be given up: what loops takes longer anyway. */
export const MODULE_SECONDS = 4;

/** Waits for something to be so, however long that takes. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}

const threads: Worker[] = [];
subscribe('worker_threads', (created) => threads.push((created as { worker: Worker }).worker));

/** The threads of this process that live. */
export function livingThreads(): readonly Worker[] {
  return threads.filter(({ threadId }) => threadId !== -1);
}

/** How many threads stay, beyond those that are expected to; for the end of a test. */
export async function threadsLeft(expected = 0): Promise<number> {
  await endBackground();
  // On a busy machine a thread that was ended may take longer than anybody waits for it.
  for (let look = 0; look < 600 && livingThreads().length > expected; look++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return livingThreads().length - expected;
}

/** Beginnings of a learner's module, for what its functions need. */
const IMPORTS = `import cp from 'node:child_process';
import fs from 'node:fs';
import wt from 'node:worker_threads';
`;

export interface Misdeeds {
  /** Statements of `fit`, before it returns a model. */
  readonly fit?: string;
  /** Statements of `predict` beyond the 32 rows that a fitted member is tried on. */
  readonly predict?: string;
  /** The model that is returned. @default an empty one */
  readonly model?: string;
  /** Statements where the module is imported, on a thread of a pool. */
  readonly top?: string;
}

/** The source of a learner for `outputs` classes that does as it should but for what it is told. */
export function misdoer({ fit = '', predict = '', model = '{}', top = '' }: Misdeeds, outputs = 3): string {
  const onPool = top === '' ? '' : `if (wt.workerData?.releases !== undefined) { ${top} }\n`;
  const answer = `new Float32Array(rows * ${outputs}).fill(1 / ${outputs})`;
  const functions = {
    fit: `async () => { ${fit};\n return ${model}; }`,
    predict: `(model, x, rows) => { if (rows !== 32) { ${predict} }\n return ${answer}; }`,
  };
  return `${IMPORTS}${onPool}${learnerOf(functions)}`;
}

/** The statement, but only for the first that comes to it: it leaves a file. */
export function once(mark: string, statement: string): string {
  return `let first = false;
    try { fs.writeFileSync(${JSON.stringify(mark)}, '', { flag: 'wx' }); first = true; } catch {}
    if (first) { ${statement} }`;
}

/** What a training gives on the calling thread, where nothing happens to it. */
export async function undisturbed(dataset: Dataset, options: TrainingOptions): Promise<TrainedEnsemble> {
  return await trainEnsemble(dataset, options, { runner: createInlineRunner() });
}

/** The members that are there, without what depends on the clock. */
export function membersOf({ members }: Pick<TrainedEnsemble, 'members'>): unknown {
  return members.map(({ index, parameters, model, history }) => ({ index, parameters, model, history }));
}

/** The content hash of a saved ensemble; modules are not run. */
export async function hashOf(path: string): Promise<string> {
  return contentHash(await loadEnsemble(path));
}

/** 90 rows of two classes, and a folder for temporary files. */
export function dataFolder(folder: string): string {
  const wobble = (i: number) => Math.round(1000 * Math.sin(12.9898 * (i + 1))) / 1000;
  const rows = Array.from({ length: 90 }, (_, i) => {
    return `${(i % 2 === 0 ? -2 : 2) + wobble(i)},${wobble(3 * i)},${i % 2 === 0 ? 'no' : 'yes'}`;
  });
  writeFileSync(join(folder, 'data.csv'), `x1,x2,label\n${rows.join('\n')}\n`);
  mkdirSync(join(folder, 'tmp'), { recursive: true });
  return folder;
}

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Processes and temporary files that outlived it. */
  readonly left: readonly string[];
}

export interface CommandOptions {
  /** A folder of {@link dataFolder}. */
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with everything on standard error so far, and the process. */
  readonly onStderr?: (text: string, child: ChildProcess) => void;
  readonly onStart?: (child: ChildProcess) => void;
  /** Flags of Node.js. */
  readonly flags?: readonly string[];
}

/** Runs `tutti …args` in a process, and a session, of its own. */
export function command(args: readonly string[], options: CommandOptions): Promise<Ended> {
  return script([MAIN, ...args], options);
}

/** Runs a file of Node.js in a process, and a session, of its own. */
export function script(args: readonly string[], options: CommandOptions): Promise<Ended> {
  const { cwd, flags = [] } = options;
  const env = {
    ...process.env,
    NODE_OPTIONS: '',
    XDG_STATE_HOME: '/dev/null',
    TMPDIR: join(cwd, 'tmp'),
    TUTTI_MODULE_TIMEOUT: String(MODULE_SECONDS),
    ...options.env,
  };
  const child = spawn(process.execPath, [...flags, ...args], { cwd, env, detached: true });
  options.onStart?.(child);
  let stdout = '';
  let stderr = '';
  child.stdin.end();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    options.onStderr?.(stderr, child);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => {
      resolve({ status, signal, stdout, stderr, left: [...processesOf(child.pid!), ...filesOf(cwd)] });
    });
  });
}

/** What still runs of a process's session, where that can be told. */
function processesOf(session: number): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // pid (name) state parent group session: the name may hold anything.
      const [state, , , own] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(own) === session && state !== 'Z' ? [`process ${pid}`] : [];
    } catch {
      return [];
    }
  });
}

function filesOf(cwd: string): string[] {
  const names = readdirSync(cwd, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /(^|\/)\.tutti-|\.tmp$|(^|\/)lock(-\d+)?$|^tmp\//.test(name));
}
