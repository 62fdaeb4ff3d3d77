// Processes for a user's code, from their start to their end.

import t from 'tap';
import { Child } from '../../src/processes/child.js';
import { inheritedFlags } from '../../src/processes/process-flags.js';
import type { End } from '../../src/threads/background.js';
import { listsProcesses, processesOf } from '../support/processes.js';

const none = () => {};
/** A busy machine may take longer than it is given to end itself. */
const ENDED = /^signal SIG(TERM|KILL)$/;

t.test('one that is started is ready, and is gone when it is ended', { skip: !listsProcesses }, async (t) => {
  const child = await Child.start('jobs');
  const ended = new Promise<End>((resolve) => child.listen(none, resolve));
  t.equal(processesOf('jobs').length, 1);
  await child.end();
  t.match(await ended, { status: ENDED, thrown: null });
  t.same(processesOf('jobs'), []);
  await child.end();
});

t.test('one that the system has stopped is ended all the same', { skip: !listsProcesses }, async (t) => {
  const child = await Child.start('jobs');
  const ended = new Promise<End>((resolve) => child.listen(none, resolve));
  const [pid] = processesOf('jobs');
  process.kill(pid!, 'SIGSTOP');
  await child.end();
  t.same(await ended, { status: 'signal SIGKILL', thrown: null });
  t.same(processesOf('jobs'), []);
});

t.test('whoever listens after its end hears of it', { skip: !listsProcesses }, async (t) => {
  const child = await Child.start('jobs');
  await child.end();
  t.match((await new Promise<End>((resolve) => child.listen(none, resolve))).status, ENDED);
});

t.test('a signal that is aborted as it starts ends it', { skip: !listsProcesses }, async (t) => {
  const abort = new AbortController();
  const starting = Child.start('jobs', null, abort.signal);
  abort.abort();
  await t.rejects(starting, { code: 'ERR_THREAD_START', message: /^No process can be started for code of/ });
  t.same(processesOf('jobs'), []);
});

t.test('flags of the process that are a process’s own are not handed on', (t) => {
  const flags = ['--import', 'tsx', '--inspect-brk=1', '--max-old-space-size=64', '-e', 'code', '--watch'];
  t.same(inheritedFlags(flags), ['--import', 'tsx', '--max-old-space-size=64']);
  t.same(inheritedFlags(['--test-only', '--conditions=x', '-i']), ['--conditions=x']);
  t.end();
});
