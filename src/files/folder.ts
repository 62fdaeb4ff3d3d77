// Folders that are made where they are missing, with those above them.

import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { failOption } from '../errors.js';

/** @throws ERR_OPTION for what cannot be the path of a folder. */
export function requireFolderPath(folder: unknown): asserts folder is string {
  if (typeof folder !== 'string' || folder === '') failOption('folder', 'the path of a folder', folder);
}

/**
 * Makes a folder, unless it is there. Node's own `recursive` tries for ever where a folder can hold none, as in /proc.
 * @throws what the system says, of the folder that could not be made.
 */
export async function makeFolder(folder: string): Promise<void> {
  const problem = await problemOf(folder);
  if (problem === null) return;
  const above = dirname(folder);
  if (problem.code !== 'ENOENT' || above === folder) throw problem;
  // One that is there by now was made by somebody else meanwhile, or can hold no folder.
  if (!(await isFolder(above))) await makeFolder(above);
  const second = await problemOf(folder);
  if (second !== null) throw second;
}

/** Null once the folder is there. */
async function problemOf(folder: string): Promise<NodeJS.ErrnoException | null> {
  try {
    await mkdir(folder);
    return null;
  } catch (error) {
    return (await isFolder(folder)) ? null : (error as NodeJS.ErrnoException);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
