// The addon with the native executor: where it lies, and whether it is of this tutti and loads here. Nothing fails without
// it: what is missing is a sentence for who asks.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe } from '../errors.js';
import { findInstalled, installedFile, requireFile } from '../installed.js';
import { VERSION } from '../version.js';
import { OPERATIONS_FINGERPRINT } from './operation-calls.js';

/** Sets of instructions that there are kernels for. */
export type InstructionSet = 'avx512' | 'avx2' | 'neon';

/**
 * Runs a segment of a program and returns the sum of its losses. Addresses are bytes from the start of the memory.
 * @param memory all of it.
 */
export type NativeRun = (memory: Uint8Array, program: number, segment: number, stepBlock: number) => number;

/** What the addon exports; src/kernels/native/addon.c. */
export interface NativeAddon {
  /** Of the table of operations that it was compiled for. */
  readonly fingerprint: number;
  /** For each set of instructions that this machine has, the best first. */
  readonly runners: Readonly<Partial<Record<InstructionSet, NativeRun>>>;
}

/** An addon that is loaded. */
export interface LoadedAddon {
  readonly addon: NativeAddon;
  /** Its file, from which a thread loads it too. */
  readonly path: string;
}

/** Why there is none, and what to do about it. */
export interface MissingAddon {
  readonly missing: string;
  /** Null where nothing helps. */
  readonly remedy: string | null;
}

/**
 * The package of each platform that has one. They are found by name at run time, not imported: a bundler would look for
 * those of all platforms.
 */
const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@tutti/native-linux-x64',
  'linux-arm64': '@tutti/native-linux-arm64',
  'darwin-x64': '@tutti/native-darwin-x64',
  'darwin-arm64': '@tutti/native-darwin-arm64',
  'win32-x64': '@tutti/native-win32-x64',
};

/** Where scripts/build-native.mjs leaves it. */
const BUILT = 'dist/native/tutti.node';

/** Loads the addon of this platform: the one that a build has left beside the code, or else that of its package. */
export function loadAddon(platform = `${process.platform}-${process.arch}`): LoadedAddon | MissingAddon {
  const name = PACKAGES[platform];
  if (name === undefined) {
    return { missing: `there is none for ${platform}`, remedy: null };
  }
  const built = installedFile(BUILT);
  if (built !== null) return openAddon(built, 'build tutti again: npm run build');
  const remedy = `install it: npm install ${name}@${VERSION}`;
  const path = findInstalled(name);
  if (path === null) return { missing: `${name} is not installed`, remedy };
  const version = versionBeside(path);
  if (version === VERSION) return openAddon(path, remedy);
  return { missing: `${name} is of version ${version}, not ${VERSION}`, remedy };
}

/** Loads an addon by its path, if it is one of this tutti. */
export function openAddon(path: string, remedy: string): LoadedAddon | MissingAddon {
  try {
    const addon = requireFile(path);
    if (isAddon(addon)) return { addon, path };
    return { missing: `${path} is no addon of this version`, remedy };
  } catch (error) {
    return explainFailure(path, remedy, error);
  }
}

function isAddon(exported: unknown): exported is NativeAddon {
  if (typeof exported !== 'object' || exported === null) return false;
  const { fingerprint, runners } = exported as Partial<NativeAddon>;
  return fingerprint === OPERATIONS_FINGERPRINT && typeof runners === 'object';
}

function explainFailure(path: string, remedy: string, error: unknown): MissingAddon {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_DLOPEN_DISABLED') {
    return {
      missing: 'addons are not allowed',
      remedy: 'start Node.js with --allow-addons or without --no-addons',
    };
  }
  return { missing: `${path} does not load: ${String(message ?? error).split('\n')[0]}`, remedy };
}

function versionBeside(path: string): string {
  try {
    const { version } = JSON.parse(readFileSync(join(dirname(path), 'package.json'), 'utf8')) as {
      version: unknown;
    };
    return typeof version === 'string' ? version : describe(version);
  } catch {
    return 'unknown';
  }
}
