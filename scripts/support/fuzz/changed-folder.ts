// A folder of which one file is changed, with its checksum or with a right one: what targets of checkpoints and plans read.

import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Draws } from './draws.js';
import { mutateBytes } from './mutate.js';

const WORDS = ['\0', '\u00ff', 'TUTTI', 'kind', 'member', '__proto__'];

/** A file changed so that its checksums are right. */
export type Forge = (draws: Draws, file: Buffer) => Buffer;

export interface ChangedFolder {
  /** A change: the file's number, whether its checksum was forged, the file. */
  make(draws: Draws): Buffer;
  /** Makes the folder anew with that change in it. */
  put(change: Uint8Array): Promise<{ readonly name: string; readonly forged: boolean }>;
}

/**
 * @param original the folder as it was written. @param broken where it is with a change.
 * @param forgeOf how a file is forged, by its name; null for one that is not.
 */
export async function changedFolder(
  original: string,
  broken: string,
  forgeOf: (name: string) => Forge | null,
): Promise<ChangedFolder> {
  const entries = await readdir(original, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(original.length + 1))
    .sort();
  const files = await Promise.all(names.map((name) => readFile(join(original, name))));
  return {
    make(draws) {
      const which = draws.below(names.length);
      const [file, forge] = [files[which]!, forgeOf(names[which]!)];
      const forged = forge !== null && draws.oneIn(2);
      const changed = forged ? forge(draws, file) : mutateBytes(draws, file, files, WORDS);
      return Buffer.concat([Buffer.of(which, forged ? 1 : 0), changed]);
    },
    async put(change) {
      const name = names[(change[0] ?? 0) % names.length]!;
      await rm(broken, { recursive: true, force: true });
      await cp(original, broken, { recursive: true });
      await writeFile(join(broken, name), change.subarray(2));
      return { name, forged: change[1] === 1 };
    },
  };
}
