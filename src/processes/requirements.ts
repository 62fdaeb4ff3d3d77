// Whether processes can be started here, found out without loading what starts them.

import { TuttiError } from '../errors.js';
import { installedProcessWorker } from '../installed.js';

/** What pipes are, to some versions of Node.js, is a net. */
const PERMISSIONS = [
  ['child', '--allow-child-process'],
  ['net', '--allow-net'],
] as const;

/**
 * Refuses where no process can be started.
 * @throws ERR_FILE without the file that it runs; ERR_THREAD_START where Node.js's permission model forbids it.
 */
export function requireProcesses(): void {
  installedProcessWorker();
  for (const [scope, flag] of PERMISSIONS) {
    // Earlier versions of Node.js deny what they do not know.
    if (process.permission?.has(scope) !== false || !process.allowedNodeEnvironmentFlags.has(flag)) continue;
    throw processStartError(`this process was started with --permission and without ${flag}`);
  }
}

/** Why no process can be started. */
export function processStartError(reason: string, cause?: unknown): TuttiError {
  const message = `No process can be started for code of your own: ${reason}`;
  return new TuttiError('ERR_THREAD_START', message, {}, cause);
}
