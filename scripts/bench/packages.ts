// Packages of peers that run on Node, which are no dependencies of the project: found in a folder given on the command
// line. Their types are there only when they are, so that each file that uses one says itself what it uses.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Imports a package from a folder's node_modules, as code in that folder would require it. */
export function importFrom(folder: string, name: string): Promise<unknown> {
  const file = createRequire(join(folder, 'package.json')).resolve(name);
  return import(pathToFileURL(file).href);
}

/** The version that is installed there. */
export function versionOf(folder: string, name: string): string {
  const file = join(folder, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
