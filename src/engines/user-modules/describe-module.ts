// A module of the user's in words.

import type { ModuleSpec } from '../../model/spec.js';

/** The path, and enough of the hash to tell files apart. */
export function describeModule({ path, hash }: ModuleSpec): string {
  return `${path} (${hash.slice(0, 8)})`;
}
