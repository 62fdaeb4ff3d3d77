// File systems that are soon full.

import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** A file system of so many bytes at a path, and what unmounts it; null where that is not allowed. */
export function mountSmall(path: string, bytes: number): (() => void) | null {
  mkdirSync(path);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    return null;
  }
  return () => execFileSync('umount', [path]);
}
