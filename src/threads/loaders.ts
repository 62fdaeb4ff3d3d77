// What a process was started with that its threads need to import the user's modules as the process does: `node --import
// tsx app.ts` makes learners written in TypeScript, say. Threads are started without it, because it would slow every
// start, most trainings name no module, and a test runner's flags are none of theirs; they load it before the first
// module of the user's. (What NODE_OPTIONS says, Node.js hands to threads itself.)

import { createRequire, register } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TuttiError } from '../errors.js';

/** A flag of Node.js that loads something, and what. */
export interface Loader {
  readonly flag: '--import' | '--require' | '--loader';
  readonly specifier: string;
}

/** What of the process's flags is for its threads. */
export interface StartFlags {
  /** To be loaded before a user's module, in this order. */
  readonly loaders: readonly Loader[];
  /** Flags that cost nothing and can only be given at the start. */
  readonly execArgv: readonly string[];
}

const LOADERS: Readonly<Record<string, Loader['flag']>> = {
  '--import': '--import',
  '--require': '--require',
  '-r': '--require',
  '--loader': '--loader',
  '--experimental-loader': '--loader',
};
/** How specifiers resolve, and TypeScript as some versions of Node.js read it themselves. */
const CONDITIONS: ReadonlySet<string> = new Set(['--conditions', '-C']);
const AT_START = /^--(no-)?(experimental-)?(strip-types|transform-types)$/;

/** Reads the flags of a process, `process.execArgv`. */
export function startFlags(flags: readonly string[]): StartFlags {
  const loaders: Loader[] = [];
  const execArgv: string[] = [];
  for (let at = 0; at < flags.length; at++) {
    const [name, ...rest] = flags[at]!.split('=');
    const value = () => (rest.length > 0 ? rest.join('=') : flags[++at]!);
    if (LOADERS[name!] !== undefined) loaders.push({ flag: LOADERS[name!]!, specifier: value() });
    else if (CONDITIONS.has(name!)) execArgv.push(`--conditions=${value()}`);
    else if (AT_START.test(name!)) execArgv.push(name!);
  }
  return { loaders, execArgv };
}

let loaded: Promise<void> | null = null;

/**
 * Loads them on this thread, once.
 * @throws ERR_MODULE naming what does not load.
 */
export async function loadOnce(loaders: readonly Loader[]): Promise<void> {
  loaded ??= loadAll(loaders);
  await loaded;
}

async function loadAll(loaders: readonly Loader[]): Promise<void> {
  for (const loader of loaders) {
    try {
      await load(loader);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const what = `${loader.flag} ${loader.specifier}, which the process was started with`;
      throw new TuttiError('ERR_MODULE', `A thread cannot load ${what}: ${reason}`, {}, error);
    }
  }
}

/** Specifiers are those of the working directory, as in the flags. */
async function load({ flag, specifier }: Loader): Promise<void> {
  const here = pathToFileURL(join(process.cwd(), 'app.js'));
  if (flag === '--require') createRequire(here)(specifier);
  else if (flag === '--loader') register(specifier, here);
  else if (/(^|\/node_modules\/)tsx(\/|$)/.test(specifier)) registerTsx(specifier, here);
  else if (/^[./]/.test(specifier)) await import(/* webpackIgnore: true */ new URL(specifier, here).href);
  else if (/^\w{2,}:/.test(specifier)) await import(/* webpackIgnore: true */ specifier);
  else await importPackage(specifier, here);
}

/** tsx, imported, does nothing on any thread but the first, where Node.js 20 keeps what it does from the others. */
function registerTsx(specifier: string, here: URL): void {
  const parent = specifier.startsWith('file:') ? specifier : here;
  register('tsx/esm', parent, { data: true });
  createRequire(parent)('tsx/cjs');
}

/** Node.js resolves imports from the importing file alone: from this one, which sees what an app has installed beside. */
async function importPackage(specifier: string, here: URL): Promise<void> {
  try {
    await import(/* webpackIgnore: true */ specifier);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    await import(/* webpackIgnore: true */ pathToFileURL(createRequire(here).resolve(specifier)).href);
  }
}
