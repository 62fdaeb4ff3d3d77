// Modules of the user's: read for their hash, imported for their default export. What that must be is the business
// of the engine that asks.

import { createHash } from 'node:crypto';
import { normalize, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TuttiError } from '../../errors.js';
import { MAX_MODULE_BYTES, readBoundedFile } from '../../files/regular-file.js';
import type { ModuleSpec } from '../../model/spec.js';
import { type Change, rememberIntrinsics, restoreIntrinsics } from './intrinsics.js';

/** A module and the member it is for; null where it is for all of them. */
export interface ModuleUse {
  readonly module: ModuleSpec;
  readonly member: number | null;
}

/** Enough to load libraries of hundreds of megabytes, which take a few seconds on a busy machine. */
const MODULE_SECONDS = 60;

/** Seconds that a module of the user's may take for one thing that it is asked for beside a training. */
export function moduleSeconds(): number {
  return Number(process.env.TUTTI_MODULE_TIMEOUT) || MODULE_SECONDS;
}

/** By what modules are told apart in a process: file and content. */
export function fileKey({ path, hash }: ModuleSpec): string {
  return `${resolve(path)} ${hash}`;
}

/**
 * Reads a module's file, without running it.
 * @param path relative to the working directory, or absolute. @param member whose it is, for messages.
 * @throws ERR_MODULE when it cannot be read.
 */
export async function readModule(path: string, member: number | null): Promise<ModuleSpec> {
  const module = { path: normalize(path), hash: '' };
  const bytes = readSource({ module, member });
  return { ...module, hash: createHash('sha256').update(bytes).digest('hex') };
}

function readSource(use: ModuleUse): Buffer {
  const { path } = use.module;
  try {
    return readBoundedFile(path, { maxBytes: MAX_MODULE_BYTES, name: `the module ${path}` });
  } catch (error) {
    throw moduleError(use, (error as Error).message, error);
  }
}

/**
 * The module's default export, null when it has none; wrapped, because to await it would ask it for a `then`.
 * @throws ERR_MODULE when the file is not there, is not what it was when the member was planned, or throws.
 */
export async function importDefault(use: ModuleUse): Promise<{ readonly exported: unknown }> {
  const { path, hash } = use.module;
  const now = await readModule(path, use.member);
  if (now.hash !== hash) {
    const wanted = `its SHA-256 is ${now.hash} where it was ${hash}`;
    throw moduleError(use, `the module ${path} is not the one that the member was planned with: ${wanted}`);
  }
  // Its content is part of the address, because Node.js keeps what it has once imported, changed or not.
  const url = `${pathToFileURL(resolve(path)).href}?sha256=${hash}`;
  const load = async () => {
    const module = (await import(/* webpackIgnore: true */ url)) as { readonly default?: unknown };
    return { exported: module.default ?? null };
  };
  const result = await callUser(load);
  if (result.change !== null)
    throw moduleError(use, `the module ${path} ${sayChange(result.change)} as it was imported`);
  if ('value' in result) return result.value;
  throw importError(use, reasonOf(result.error), result.error);
}

/** Why a module cannot be imported that has nothing left which could bring its loading to an end. */
export const NEVER_LOADS = 'it never finished loading: it awaits at its top level what never comes';

/** ERR_MODULE for a module that cannot be imported, and why. */
export function importError(use: ModuleUse, problem: string, cause?: unknown): TuttiError {
  return moduleError(use, `the module ${use.module.path} cannot be imported: ${problem}`, cause);
}

/** ERR_MODULE naming the module and, where it is for one, the member: `Member 3: …`. */
export function moduleError({ module, member }: ModuleUse, message: string, cause?: unknown): TuttiError {
  const details = { module: module.path, ...(member === null ? {} : { member }) };
  const whole =
    member === null ? `${message[0]!.toUpperCase()}${message.slice(1)}` : `Member ${member}: ${message}`;
  return new TuttiError('ERR_MODULE', whole, details, cause);
}

/** What came of running a user's code: an answer or an error, and what it changed that is not its own. */
export type UserResult<T> = { readonly change: Change | null } & (
  | { readonly value: T }
  | { readonly error: unknown }
);

/**
 * Runs a user's code. What it changes of the language itself is put back before anything else runs, and the process goes
 * back to its folder, from which the paths of modules and files are read.
 */
export async function callUser<T>(call: () => T): Promise<UserResult<Awaited<T>>> {
  const before = rememberIntrinsics();
  const folder = currentFolder();
  let change: Change | null = null;
  const restore = () => {
    const now = restoreIntrinsics(before);
    change ??= now;
    returnTo(folder);
  };
  const callNow = () => {
    try {
      return call();
    } finally {
      // At once, because others may run while the answer is awaited; and again when it is there.
      restore();
    }
  };
  try {
    const value = await callNow();
    restore();
    return { change, value };
  } catch (error) {
    restore();
    return { change, error };
  }
}

/** Null where it is gone. */
function currentFolder(): string | null {
  try {
    return process.cwd();
  } catch {
    return null;
  }
}

function returnTo(folder: string | null): void {
  if (folder === null || currentFolder() === folder) return;
  try {
    process.chdir(folder);
  } catch {
    // It is gone meanwhile.
  }
}

/** `changed Array.prototype.push, which is JavaScript's own,` */
export function sayChange({ name, undone }: Change): string {
  return `changed ${name}, which is JavaScript's own${undone ? '' : ' and cannot be put back'},`;
}

/** What a user's code threw, in a line; what it threw may itself throw when it is looked at. */
export function reasonOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message || error.name) : String(error);
  } catch {
    return 'something that cannot be shown';
  }
}
