// Which executor is chosen, by hand and by what is there, and what is said where there is no native one.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { chooseExecutor, executorCode, setsOf } from '../../src/kernels/executor-choice.js';
import { loadAddon, openAddon } from '../../src/kernels/native-addon.js';

const choice = new URL('../../src/kernels/executor-choice.js', import.meta.url).href;

t.beforeEach((test) => test.intercept(process, 'env', { value: { ...process.env, TUTTI_EXECUTOR: '' } }));

t.test('WebAssembly by hand and for strict arithmetic', (t) => {
  t.match(chooseExecutor('strict'), { native: null });
  process.env.TUTTI_EXECUTOR = 'wasm';
  t.match(chooseExecutor('fused'), { native: null, why: 'TUTTI_EXECUTOR says so' });
  t.end();
});

t.test('a name that there is not is refused, in either arithmetic', (t) => {
  process.env.TUTTI_EXECUTOR = 'cuda';
  for (const arithmetic of ['strict', 'fused'] as const) {
    t.throws(() => chooseExecutor(arithmetic), {
      code: 'ERR_EXECUTOR',
      message: /one of auto, wasm.*"cuda"/,
    });
  }
  t.end();
});

t.test('native where the addon is there, the best set of instructions first', (t) => {
  const loaded = loadAddon();
  const sets = 'missing' in loaded ? [] : setsOf(loaded.addon);
  const [best] = sets;
  t.equal(executorCode('fused').name, best === undefined ? 'wasm' : `native-${best}`);
  t.equal(executorCode('fused'), executorCode('fused'), 'the same object');
  for (const set of ['avx512', 'avx2', 'neon'] as const) {
    process.env.TUTTI_EXECUTOR = `native-${set}`;
    if (sets.includes(set)) t.equal(executorCode('fused').name, `native-${set}`);
    else
      t.throws(() => chooseExecutor('fused'), {
        code: 'ERR_EXECUTOR',
        details: { executor: `native-${set}` },
      });
  }
  t.end();
});

t.test('no addon, or another, is a sentence', (t) => {
  const folder = t.testdir({
    'text.node': 'no binary',
    'other.cjs': 'module.exports = { fingerprint: 1, runners: {} };',
  });
  t.match(loadAddon('plan9-mips'), { missing: /none for plan9-mips/, remedy: null });
  t.match(openAddon(join(folder, 'text.node'), 'mend it'), {
    missing: /text\.node does not load/,
    remedy: 'mend it',
  });
  t.match(openAddon(join(folder, 'other.cjs'), 'mend it'), { missing: /no addon of this version/ });
  t.end();
});

t.test('where addons are not allowed, WebAssembly', (t) => {
  const say = `const { chooseExecutor } = await import(${JSON.stringify(choice)});
    try { console.log(JSON.stringify(chooseExecutor('fused'))); } catch ({ code, message }) { console.log(code, message); }`;
  const run = (wanted: string) =>
    execFileSync(process.execPath, ['--no-addons', '--input-type=module', '--eval', say], {
      encoding: 'utf8',
      env: { ...process.env, TUTTI_EXECUTOR: wanted },
    });
  t.match(JSON.parse(run('')), { native: null });
  t.match(
    run('native'),
    /^ERR_EXECUTOR Expected the native executor that TUTTI_EXECUTOR=native asks for, got none: /,
  );
  t.end();
});
