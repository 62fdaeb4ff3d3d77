// Where the installed package lies, for what must be files of their own: what threads start from, and piscina, which
// starts a file of its own beside it. They are found by name at run time, so that they are found when an
// app has bundled the rest of tutti into itself. Knows nothing of pools.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TuttiError } from './errors.js';

// Not imported: webpack puts a function of its own in the place of an imported `createRequire`.
const { createRequire } = process.getBuiltinModule('node:module');

/** Where to go on. */
const HELP = 'docs/guide/bundling.md of the package says how to bundle an app with it';

/**
 * The file that threads run.
 * @throws ERR_FILE when tutti is bundled into an app and is not installed where the app runs.
 */
export function installedWorker(): string {
  const worker = resolveInstalled('tutti/worker');
  if (worker !== null && existsSync(worker)) return worker;
  const expected = `Expected the thread's file tutti/worker to be found from ${places()[0]}`;
  const remedy = 'install tutti where the bundled app runs, or name the file by createPool({ workerPath })';
  throw new TuttiError('ERR_FILE', `${expected}, got ${worker ?? 'nothing'}; ${remedy}; ${HELP}`);
}

/** The file that a learner's thread runs; null where tutti is bundled into an app and not installed where it runs. */
export function installedLearnerWorker(): string | null {
  const worker = resolveInstalled('tutti/learner-worker');
  return worker !== null && existsSync(worker) ? worker : null;
}

/**
 * The file that processes for a user's code run.
 * @throws ERR_FILE when tutti is bundled into an app and is not installed where the app runs.
 */
export function installedProcessWorker(): string {
  const worker = resolveInstalled('tutti/process-worker');
  if (worker !== null && existsSync(worker)) return worker;
  const expected = `Expected the file of a process, tutti/process-worker, to be found from ${places()[0]}`;
  const remedy = "install tutti where the bundled app runs, or leave out `isolate: 'process'`";
  throw new TuttiError('ERR_FILE', `${expected}, got ${worker ?? 'nothing'}; ${remedy}; ${HELP}`);
}

/** A file of the installed package, by its path there; null where there is none. */
export function installedFile(path: string): string | null {
  const tutti = ownPackage();
  if (tutti === null) return null;
  const file = join(dirname(tutti), path);
  return existsSync(file) ? file : null;
}

/**
 * Where a package lies that need not be installed, seen from the installed tutti or else from the app; null without it.
 * Not from the working directory, where somebody else's may lie.
 */
export function findInstalled(name: string): string | null {
  const tutti = ownPackage();
  return resolveFromAny(tutti === null ? codePlaces() : [tutti, ...codePlaces()], name);
}

/** The manifest of the tutti that the running code is of, or that it finds beside itself. */
function ownPackage(): string | null {
  return resolveFromAny(codePlaces(), 'tutti/package.json');
}

/** What a file exports that only `require` can load, such as an addon. */
export function requireFile(path: string): unknown {
  return createRequire(path)(path);
}

/**
 * A dependency that must not be bundled, of the installed tutti, or else of the app.
 * @throws ERR_FILE when neither has it.
 */
export function requireInstalled<T>(name: string): T {
  const tutti = resolveInstalled('tutti/package.json');
  for (const place of tutti === null ? places() : [tutti, ...places()]) {
    const require = createRequire(place);
    if (resolveFrom(place, name) !== null) return require(name) as T;
  }
  const expected = `Expected the package ${name} to be found from ${places()[0]}, got nothing`;
  throw new TuttiError(
    'ERR_FILE',
    `${expected}; install tutti or ${name} where the bundled app runs, or train with createInlineRunner(); ${HELP}`,
  );
}

function resolveInstalled(specifier: string): string | null {
  return resolveFromAny(places(), specifier);
}

function resolveFromAny(from: readonly string[], specifier: string): string | null {
  for (const place of from) {
    const found = resolveFrom(place, specifier);
    if (found !== null) return found;
  }
  return null;
}

function resolveFrom(place: string, specifier: string): string | null {
  try {
    return createRequire(place).resolve(specifier);
  } catch {
    return null;
  }
}

/** Files to look from: those of {@link codePlaces}, and the working directory. */
function places(): string[] {
  return [...codePlaces(), asUrl(join(process.cwd(), 'app.js'))];
}

/** This file, which in a bundle is the bundle, and the script that was started. */
function codePlaces(): string[] {
  // Bundlers leave `import.meta` empty in CommonJS, where the file has the other name.
  const own: string | undefined = import.meta.url ?? ownFile();
  return [own, process.argv[1]].filter((place) => place !== undefined).map(asUrl);
}

declare const __filename: string | undefined;

function ownFile(): string | undefined {
  return typeof __filename === 'string' ? __filename : undefined;
}

function asUrl(place: string): string {
  return place.startsWith('file:') ? place : pathToFileURL(place).href;
}
