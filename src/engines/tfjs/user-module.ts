// Imports a module of the user's, on whatever thread needs its default export.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ErrorDetails, TuttiError } from '../../errors.js';
import type { ModuleSpec } from '../../model/spec.js';

/** A module and the member it is for; null where it is for all of them. */
export interface ModuleUse {
  readonly module: ModuleSpec;
  readonly member: number | null;
}

/**
 * The module's default export; null when it has none.
 * @throws ERR_MODULE when the file is not there, is not what it was when the training was planned, or throws.
 */
export async function importDefault(use: ModuleUse): Promise<unknown> {
  const { path, hash } = use.module;
  const file = resolve(path);
  const bytes = await readFile(file).catch((error: unknown) => {
    throw moduleError(use, `Expected ${path} to be a module that can be read, got ${reasonOf(error)}`, error);
  });
  if (createHash('sha256').update(bytes).digest('hex') !== hash) {
    throw moduleError(
      use,
      `Expected ${path} to be as it was when the training was planned, but it has changed`,
    );
  }
  try {
    // Its contents are part of the address, or a module edited between two trainings would be the old one.
    const url = `${pathToFileURL(file).href}?${hash.slice(0, 16)}`;
    const module = (await import(url)) as { readonly default?: unknown };
    return module.default ?? null;
  } catch (error) {
    throw moduleError(use, `${path} could not be imported: ${reasonOf(error)}`, error);
  }
}

/** ERR_MODULE naming the module and, where it is for one, the member. */
export function moduleError({ module, member }: ModuleUse, message: string, cause?: unknown): TuttiError {
  const details: ErrorDetails = { module: module.path, ...(member === null ? {} : { member }) };
  return new TuttiError(
    'ERR_MODULE',
    member === null ? message : `Member ${member}: ${message}`,
    details,
    cause,
  );
}

/** What a user's code threw, in a line. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
