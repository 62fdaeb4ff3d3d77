// Modules of the user's: read for their hash, imported for their default export. What that must be is the business
// of the engine that asks.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { normalize, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TuttiError } from '../errors.js';
import type { ModuleSpec } from '../model/spec.js';

/**
 * Reads a module's file, without running it.
 * @param path relative to the working directory, or absolute. @param member whose it is, for messages.
 * @throws ERR_MODULE when it cannot be read.
 */
export async function readModule(path: string, member: number): Promise<ModuleSpec> {
  const bytes = await readFile(resolve(path)).catch((error: NodeJS.ErrnoException) => {
    const problem = error.code === 'ENOENT' ? 'there is no such file' : error.message;
    return failModule(path, member, `cannot be read: ${problem}`, error);
  });
  return { path: normalize(path), hash: createHash('sha256').update(bytes).digest('hex') };
}

/**
 * The default export of a module whose content is still what the spec says.
 * @throws ERR_MODULE when it cannot be read, has changed, throws while it is imported, or has no default export.
 */
export async function importModule({ path, hash }: ModuleSpec, member: number): Promise<unknown> {
  const now = await readModule(path, member);
  if (now.hash !== hash) {
    const wanted = `its SHA-256 is ${now.hash} where the member has ${hash}`;
    failModule(path, member, `is not the one it was trained with: ${wanted}`);
  }
  // Named by its content too, because Node.js keeps a module it has once imported, changed or not.
  const url = `${pathToFileURL(resolve(path)).href}?sha256=${hash}`;
  const namespace = (await import(url).catch((error: unknown) =>
    failModule(path, member, `cannot be imported: ${messageOf(error)}`, error),
  )) as { readonly default?: unknown };
  if (namespace.default === undefined) failModule(path, member, 'has no default export');
  return namespace.default;
}

/** Throws ERR_MODULE: `Member 3: the module ./tree.mjs has no default export`. */
export function failModule(path: string, member: number, problem: string, cause?: unknown): never {
  const message = `Member ${member}: the module ${path} ${problem}`;
  throw new TuttiError('ERR_MODULE', message, { member, module: path }, cause);
}

/** What any thrown value says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
