// Modules of the user's: read for their hash, imported for their default export. What that must be is the business
// of the engine that asks.

import { createHash } from 'node:crypto';
import { normalize, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TuttiError } from '../errors.js';
import { MAX_MODULE_BYTES, readBoundedFile } from '../files/regular-file.js';
import type { ModuleSpec } from '../model/spec.js';

/** A module and the member it is for; null where it is for all of them. */
export interface ModuleUse {
  readonly module: ModuleSpec;
  readonly member: number | null;
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
 * The module's default export; null when it has none.
 * @throws ERR_MODULE when the file is not there, is not what it was when the member was planned, or throws.
 */
export async function importDefault(use: ModuleUse): Promise<unknown> {
  const { path, hash } = use.module;
  const now = await readModule(path, use.member);
  if (now.hash !== hash) {
    const wanted = `its SHA-256 is ${now.hash} where it was ${hash}`;
    throw moduleError(use, `the module ${path} is not the one that the member was planned with: ${wanted}`);
  }
  try {
    // Its content is part of the address, because Node.js keeps what it has once imported, changed or not.
    const url = `${pathToFileURL(resolve(path)).href}?sha256=${hash}`;
    const module = (await import(/* webpackIgnore: true */ url)) as { readonly default?: unknown };
    return module.default ?? null;
  } catch (error) {
    throw moduleError(use, `the module ${path} cannot be imported: ${reasonOf(error)}`, error);
  }
}

/** ERR_MODULE naming the module and, where it is for one, the member: `Member 3: …`. */
export function moduleError({ module, member }: ModuleUse, message: string, cause?: unknown): TuttiError {
  const details = { module: module.path, ...(member === null ? {} : { member }) };
  const whole =
    member === null ? `${message[0]!.toUpperCase()}${message.slice(1)}` : `Member ${member}: ${message}`;
  return new TuttiError('ERR_MODULE', whole, details, cause);
}

/** What a user's code threw, in a line. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
