// Modules that will run on the calling thread are imported in a process of their own before that: code that never
// finishes loading, loops or ends its process cannot be stopped here. What the module exports, or throws, is not judged here.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inheritedFlags } from '../../processes/process-flags.js';
import { fileKey, importError, type ModuleUse, moduleSeconds, NEVER_LOADS } from './user-module.js';

const settledModules = new Set<string>();

/**
 * Imports a module once elsewhere; a module that throws is fine, because whoever imports it here tells what.
 * @throws ERR_MODULE when it never finishes loading, or ends its process.
 */
export async function probeModule(use: ModuleUse): Promise<void> {
  const key = fileKey(use.module);
  if (settledModules.has(key)) return;
  const problem = await problemOfLoading(pathToFileURL(resolve(use.module.path)).href);
  if (problem !== null) throw importError(use, problem);
  settledModules.add(key);
}

/** What goes wrong; null when nothing does, or where no process can be started to find out. */
async function problemOfLoading(url: string): Promise<string | null> {
  const seconds = moduleSeconds();
  const child = startProbe(url);
  if (child === null) return null;
  let began = false;
  let settled = false;
  let idle = false;
  let late = false;
  const kill = () => child.kill('SIGKILL');
  child.on('message', (message) => {
    began ||= message === 'began';
    settled ||= message === 'settled';
    idle ||= message === 'idle';
    if (settled || idle) kill();
  });
  const timer = setTimeout(() => {
    late = true;
    kill();
  }, seconds * 1000);
  process.once('exit', kill);
  try {
    // Messages may come after the exit, but not after the channel's end.
    const [[status, signal]] = await Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
    // Before it began, it is the process that failed: its flags, its loaders.
    if (settled || !began) return null;
    if (late) return `it had not finished loading after ${seconds} s; does it loop?`;
    if (idle) return NEVER_LOADS;
    return `it ended the process with ${status === null ? `signal ${signal}` : `status ${status}`}`;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    process.off('exit', kill);
  }
}

/**
 * It says when it began, when the import settled, and when nothing is left that could settle it. Null where processes
 * may not be started, as under Node.js's permission model.
 */
function startProbe(url: string) {
  const code = `await new Promise((sent) => process.send('began', sent));
process.once('beforeExit', () => process.send('idle'));
try { await import(${JSON.stringify(url)}); } catch {}
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.send('settled');`;
  try {
    const flags = [...inheritedFlags(), '--input-type=module', '--eval', code];
    return spawn(process.execPath, flags, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  } catch {
    return null;
  }
}
