// Files of a checkpoint that are written in place. A folder may be a stranger's, and a name in it lead to a file elsewhere.

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/**
 * Opens a file to be written; a symbolic link is refused by the system (ELOOP), and a pipe without a reader too (ENXIO).
 * @param flags beside that.
 */
export function openInFolder(path: string, flags: number): Promise<FileHandle> {
  const { O_WRONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  return open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | flags, 0o666);
}
