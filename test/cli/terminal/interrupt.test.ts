import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadEnsemble } from '../../../src/bundle/load.js';
import { classCsv, tuttiProcess } from '../support.js';

const endless = { epochs: 5_000_000, earlyStopping: 'none' };
const folder = t.testdir({
  'classes.csv': classCsv(),
  'some.json': JSON.stringify({ members: [{ epochs: 1 }, { epochs: 1 }, endless, endless] }),
  'none.json': JSON.stringify({ members: [endless, endless] }),
});
const cwd = folder;
const args = ['train', 'classes.csv', '--target', 'label', '--hidden', '4', '--threads', '2', '--seed', '1'];

/** Sends SIGINT once this progress line is out. */
function interruptAt(line: string) {
  let sent = false;
  return (text: string, kill: (signal: NodeJS.Signals) => void) => {
    if (sent || !text.includes(line)) return;
    sent = true;
    kill('SIGINT');
  };
}

t.test('Ctrl-C keeps and saves the finished members, and exits with 130', async (t) => {
  const run = [...args, '--config', 'some.json', '--out', 'some.tutti', '--json'];
  const { status, stdout, stderr } = await tuttiProcess(run, { cwd, onStderr: interruptAt('2/4 members') });
  t.equal(status, 130);
  t.match(stderr, /Interrupted with 2 of 4 members finished; saved them to some\.tutti as incomplete/);
  t.match(JSON.parse(stdout), { interrupted: true, complete: false, planned: 4, members: 2 });
  const { complete, plan, members } = await loadEnsemble(join(folder, 'some.tutti'));
  t.equal(complete, false);
  t.equal(plan.members.length, 4);
  t.same(
    members.map(({ index }) => index),
    [0, 1],
  );
});

t.test('without finished members nothing is saved', async (t) => {
  const run = [...args, '--config', 'none.json', '--out', 'none.tutti'];
  const { status, stderr } = await tuttiProcess(run, { cwd, onStderr: interruptAt('0/2 members') });
  t.equal(status, 130);
  t.match(stderr, /Interrupted with 0 of 2 members finished; nothing saved/);
  t.notOk(existsSync(join(folder, 'none.tutti')));
});

t.test('a second Ctrl-C ends the process at once', async (t) => {
  const { status, stdout } = await tuttiProcess([...args, '--config', 'some.json', '--json'], {
    cwd,
    // It is held, so that both are there before the first can have been acted upon.
    onStderr: (text, kill) => {
      if (!text.includes('2/4 members')) return;
      for (const signal of ['SIGSTOP', 'SIGINT', 'SIGTERM', 'SIGCONT'] as const) kill(signal);
    },
  });
  t.ok(status === 130 || status === 143, 'that of the one which was delivered last');
  t.equal(stdout, '', 'no summary is waited for');
});
