// Says so where Node.js is too old, in place of whatever would fail first. Imported before anything else.

import { TuttiError } from './errors.js';

const OLDEST = [20, 20] as const;

/**
 * @param version of Node.js, `20.20.2`.
 * @throws ERR_OPTION for a version before the oldest that tutti works with.
 */
export function requireNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  const message = `Expected Node.js to be of version ${OLDEST.join('.')} or later, got ${version}`;
  throw new TuttiError('ERR_OPTION', message, { node: version });
}

requireNode(process.versions.node);
