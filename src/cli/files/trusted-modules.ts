// The modules that this user has trained with, by path and hash, so that predicting with one's own ensemble asks for no
// permission: whoever ran a module to train has said that it may run. A stranger's file names modules that are not on
// this list. The list is a file in the user's state folder; where it cannot be kept, --allow-modules says the same.

import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { writeAll, writeAtomically } from '../../files/atomic-file.js';
import { readBoundedFile } from '../../files/regular-file.js';
import type { ModuleSpec } from '../../model/spec.js';
import * as z from '../../zod.js';

/** The oldest are forgotten beyond this many. */
const MOST_MODULES = 1000;
const MAX_BYTES = 2 ** 20;

const listSchema = z.array(z.strictObject({ path: z.string(), hash: z.string() })).max(MOST_MODULES);

/** The file of that list. */
export function trustedModulesPath(): string {
  const state = process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  return join(state, 'tutti', 'trusted-modules.json');
}

/** Those of some modules that the user has trained with: the same bytes at the same place. */
export function trustedAmong(modules: readonly ModuleSpec[]): readonly ModuleSpec[] {
  if (modules.length === 0) return [];
  const known = new Set(readList().map(({ path, hash }) => `${hash} ${path}`));
  return modules.filter(({ path, hash }) => known.has(`${hash} ${resolve(path)}`));
}

/** Remembers the modules of a training. What cannot be written is not remembered. */
export async function rememberModules(modules: readonly ModuleSpec[]): Promise<void> {
  const own = modules.map(({ path, hash }) => ({ path: resolve(path), hash }));
  const others = readList().filter(
    ({ path, hash }) => !own.some((it) => it.path === path && it.hash === hash),
  );
  if (own.length === 0) return;
  const list = [...others, ...own].slice(-MOST_MODULES);
  try {
    await mkdir(dirname(trustedModulesPath()), { recursive: true, mode: 0o700 });
    await writeAtomically(trustedModulesPath(), (file) =>
      writeAll(file, Buffer.from(`${JSON.stringify(list, null, 1)}\n`)),
    );
  } catch {
    // A read-only home is no fault of the training.
  }
}

/** An absent or damaged list trusts nothing. */
function readList(): z.infer<typeof listSchema> {
  try {
    return listSchema.parse(
      JSON.parse(readBoundedFile(trustedModulesPath(), { maxBytes: MAX_BYTES }).toString('utf8')),
    );
  } catch {
    return [];
  }
}
