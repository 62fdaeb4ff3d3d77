// `tutti doctor`: what it finds here, and what it says where something is wrong.

import { existsSync, readdirSync } from 'node:fs';
import t from 'tap';
import { tuttiProcess } from '../support.js';

// After the support, which must be the first to load the terminal's module.
const { coresCheck, memoryCheck, quotaIn } = await import(
  '../../../src/cli/commands/doctor/machine-checks.js'
);
const { sameBytes } = await import('../../../src/cli/commands/doctor/training-check.js');

const cwd = t.testdir({});

t.test('says what is here, and that trainings give the bytes of every machine', async (t) => {
  const { status, stdout } = await tuttiProcess(['doctor'], { cwd });
  t.equal(status, 0, stdout);
  for (const name of [
    'Node.js',
    'Cores',
    'Memory',
    'WebAssembly',
    'Executor',
    'Shared memory',
    'Threads',
    'The same bytes',
  ]) {
    t.match(stdout, new RegExp(`^[✓–] ${name} `, 'm'));
  }
  t.notMatch(stdout, '✗');
  t.same(readdirSync(cwd), [], 'and leaves nothing behind');
});

t.test('--json says the same to programs', async (t) => {
  const { status, stdout } = await tuttiProcess(['doctor', '--json'], { cwd });
  t.equal(status, 0);
  const { ok, findings } = JSON.parse(stdout);
  t.equal(ok, true);
  for (const finding of findings) {
    t.match(finding, { name: String, state: /^(fine|limited)$/, found: String });
    t.equal(
      finding.remedy === null,
      finding.state === 'fine',
      `${finding.name}: says what to do where it is not fine`,
    );
  }
});

t.test('what is wrong comes with what to do, and with exit status 1', async (t) => {
  const without = await tuttiProcess(['doctor'], { cwd, env: { NODE_OPTIONS: '--jitless' } });
  t.equal(without.status, 1, without.stderr);
  t.match(without.stdout, /^✗ WebAssembly .*\n +→ run Node.js without --jitless/m);
  t.match(without.stdout, /^1 of \d+ checks failed$/m, 'what cannot be tried without it is not tried');
  const unclear = await tuttiProcess(['doctor'], { cwd, env: { TUTTI_ARITHMETIC: 'quick' } });
  t.equal(unclear.status, 1);
  t.match(unclear.stdout, /^✗ Arithmetic .*ERR_ARITHMETIC.*"quick"\n +→ unset TUTTI_ARITHMETIC/m);
  t.match(unclear.stdout, /^\d of \d+ checks failed$/m);
  const unknown = await tuttiProcess(['doctor'], { cwd, env: { TUTTI_EXECUTOR: 'cuda' } });
  t.match(unknown.stdout, /^✗ Executor .*ERR_EXECUTOR.*"cuda"\n +→ unset TUTTI_EXECUTOR/m);
  const byHand = await tuttiProcess(['doctor'], { cwd, env: { TUTTI_EXECUTOR: 'wasm' } });
  t.match(byHand.stdout, /^– Executor +wasm: TUTTI_EXECUTOR says so\n +→ unset TUTTI_EXECUTOR/m);
});

t.test('a folder that cannot be written', { skip: !existsSync('/proc/self') }, async (t) => {
  const { status, stdout } = await tuttiProcess(['doctor'], { cwd: '/proc' });
  t.equal(status, 1);
  t.match(stdout, /^✗ This folder .*ERR_FILE: Cannot write .*\n +→ save elsewhere/m);
});

t.test('limits of a control group are seen', async (t) => {
  t.equal(quotaIn('150000 100000\n'), 1.5);
  t.equal(quotaIn('max 100000\n'), null);
  t.equal(quotaIn(''), null);
  t.match(coresCheck(8, 1.5), { state: 'limited', found: /8 cores, of which .* 1.5/, remedy: /--threads 1/ });
  t.match(coresCheck(8, null), { state: 'fine', found: '8 cores' });
  const room = { limit: 8e9, of: 'its control group' } as const;
  t.match(memoryCheck(8e9, { ...room, available: 4e9 }), { state: 'fine' });
  t.match(memoryCheck(8e9, { ...room, available: 1e8 }), { state: 'wrong', remedy: /memory limit/ });
});

t.test('other bytes are no small thing', async (t) => {
  const finding = sameBytes(new Map([['strict', 'ab'.repeat(32)]]));
  t.match(finding, { state: 'wrong', found: /in strict arithmetic .*abab/, remedy: /please report it/ });
});
