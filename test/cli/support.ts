// The command line with its output and its exit status: as users run it, in a process of its own, or, for all that a
// process adds nothing to, in the test's, which takes a tenth of the time.

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the package ships. */
export const MAIN = fileURLToPath(new URL('../../bin/tutti.js', import.meta.url));
/** No state folder: what one test trains with must not be trusted by another. */
const NO_STATE = '/dev/null';
/** The test runner's own loaders and flags would only slow a process down. */
export const CHILD_ENV = { ...process.env, NODE_OPTIONS: '', XDG_STATE_HOME: NO_STATE };

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd: string;
}

export interface ProcessOptions extends CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Called with everything on standard error so far and the process. */
  readonly onStderr?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
  /** Called when it has begun. */
  readonly onBegin?: (kill: (signal: NodeJS.Signals) => void) => void;
  /** What it reads on standard input. @default nothing */
  readonly stdin?: string;
  /** Closes the reader's end of standard output at once. */
  readonly closeStdout?: boolean;
}

const captured = { stdout: '', stderr: '' };
/** Writes to what is captured, as if all of it went out at once. */
const into = (stream: keyof typeof captured) =>
  ((text: string) => {
    captured[stream] += text;
    return true;
  }) as typeof process.stdout.write;

// The terminal's module takes hold of standard output once, when it is loaded. The test runner's goes where it did.
const write = process.stdout.write;
process.stdout.write = into('stdout');
const { runProgram } = await import('../../src/cli/program.js');
const { threadsEnd } = await import('../../src/cli/terminal/ending.js');
const { reportFailure } = await import('../../src/cli/terminal/failure.js');
process.stdout.write = write;

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs `tutti …args` in this process, one after another. Not for commands that are interrupted, or run code of a user:
 * what they change of a process would outlive them.
 */
export function tutti(args: readonly string[], { cwd }: CliOptions): Promise<CliResult> {
  const run = last.then(() => runHere(args, cwd));
  last = run.catch(() => undefined);
  return run;
}

async function runHere(args: readonly string[], cwd: string): Promise<CliResult> {
  const before = { cwd: process.cwd(), write: process.stderr.write, terminal: process.stdout.isTTY };
  Object.assign(captured, { stdout: '', stderr: '' });
  process.chdir(cwd);
  process.stderr.write = into('stderr');
  process.stderr.isTTY = process.stdout.isTTY = false;
  process.env.XDG_STATE_HOME = NO_STATE;
  try {
    const status = await runProgram(args).catch(reportFailure);
    await threadsEnd();
    return { status, ...captured };
  } finally {
    process.stderr.write = before.write;
    process.stdout.isTTY = before.terminal;
    process.chdir(before.cwd);
  }
}

/** Runs `tutti …args` in a process of its own. */
export function tuttiProcess(args: readonly string[], options: ProcessOptions): Promise<CliResult> {
  const env = { ...CHILD_ENV, ...options.env };
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: options.cwd, env });
  let stdout = '';
  let stderr = '';
  options.onBegin?.((signal) => child.kill(signal));
  // A command that reads nothing may be gone before it is written.
  child.stdin.on('error', () => undefined).end(options.stdin);
  if (options.closeStdout === true) child.stdout.destroy();
  else
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    options.onStderr?.(stderr, (signal) => child.kill(signal));
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    // A process that ends by a signal has the status that shells give it.
    child.on('close', (code, signal) => {
      const status = signal === null ? code : 128 + constants.signals[signal];
      resolve({ status, stdout, stderr });
    });
  });
}

/** Every file of a folder with its content, to see that nothing was made or changed. */
export function snapshot(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(files.sort().map((file) => [file, readFileSync(file, 'latin1')]));
}

/** Two clouds of points, 30 rows each, with classes `no` and `yes`; x2 is noise. */
export function classCsv(): string {
  const rows = Array.from({ length: 60 }, (_, i) => {
    const yes = i % 2 === 1;
    return `${(yes ? 2 : -2) + wobble(i)},${wobble(3 * i)},${yes ? 'yes' : 'no'}`;
  });
  return `x1,x2,label\n${rows.join('\n')}\n`;
}

/** y = 3 x1 − x2 and z = x1 + x2, 60 rows. */
export function valueCsv(): string {
  const rows = Array.from({ length: 60 }, (_, i) => {
    const [a, b] = [wobble(i) * 4, wobble(5 * i + 1)];
    return `${a},${b},${3 * a - b + 0.5},${a + b + 0.25}`;
  });
  return `x1,x2,y,z\n${rows.join('\n')}\n`;
}

/** The options of a training that takes no time, and leaves enough rows out to be judged by. */
export const QUICK = [
  '--members',
  '3',
  '--hidden',
  '4',
  '--epochs',
  '2',
  '--threads',
  '1',
  '--seed',
  '1',
  '--resample',
  'bootstrap',
] as const;

/** Arguments and more of them, which take the place of those with the same flags. */
export function instead(args: readonly string[], ...more: readonly string[]): string[] {
  const kept = args.filter((arg, at) => {
    const flag = arg.startsWith('--') ? arg : args[at - 1]!;
    return !(flag?.startsWith('--') && more.includes(flag));
  });
  return [...kept, ...more];
}

function wobble(i: number): number {
  return Math.round(1000 * Math.sin(12.9898 * (i + 1))) / 1000;
}
