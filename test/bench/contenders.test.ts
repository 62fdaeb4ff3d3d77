// Who takes part in the benchmark, and with what their processes are started.

import t from 'tap';
import { commandOf, isPeer, type Places, TRAINERS } from '../../scripts/bench/contenders.js';
import { parseCommandLine } from '../../scripts/bench/options.js';

const places: Places = { peers: 'python', nodePackages: '/nowhere', nodes: new Map(), isa: 'best' };

function environment(name: string, isa: Places['isa']): Readonly<Record<string, string | undefined>> {
  const command = commandOf(name, 2, { ...places, isa });
  return (typeof command === 'string' ? undefined : command.env) ?? {};
}

t.test('everyone is held to AVX2 by the same option', async (t) => {
  t.equal(environment('tutti', 'avx2').TUTTI_EXECUTOR, 'native-avx2');
  for (const peer of ['jax-pmap', 'torch-batched', 'sklearn', 'native-numpy', 'onnxruntime']) {
    const env = environment(peer, 'avx2');
    t.match(env.XLA_FLAGS, /max_isa=AVX2/, peer);
    t.equal(env.ATEN_CPU_CAPABILITY, 'avx2', peer);
    t.equal(environment(peer, 'best').XLA_FLAGS, undefined, peer);
  }
});

t.test('tutti chooses its executor itself, but for the variants that name one', async (t) => {
  t.equal(environment('tutti', 'best').TUTTI_EXECUTOR, undefined);
  for (const isa of ['best', 'avx2'] as const) {
    t.equal(environment('tutti-wasm', isa).TUTTI_EXECUTOR, 'wasm');
    t.equal(environment('tutti-strict', isa).TUTTI_EXECUTOR, 'wasm');
  }
});

t.test('who cannot take part is left out with a reason', async (t) => {
  t.match(commandOf('tutti-node26', 2, places), /--nodes/);
  t.match(commandOf('jax-js', 2, places), /@jax-js\/jax is not installed in \/nowhere/);
  t.match(commandOf('torch', 2, { ...places, peers: undefined }), /--peers/);
});

t.test('the command line takes each contender and refuses others', async (t) => {
  const parsed = parseCommandLine(['--contenders', TRAINERS.join(','), '--isa', 'avx2', '--quick']);
  t.same(parsed?.contenders, TRAINERS);
  t.equal(parsed?.isa, 'avx2');
  t.ok(
    parsed?.workloads.every(({ rows, batch }) => rows % batch === 0),
    'small workloads have whole batches',
  );
  t.throws(() => parseCommandLine(['--contenders', 'keras']), /keras/);
  t.same(
    TRAINERS.filter((name) => !isPeer(name)).every((name) => name.startsWith('tutti')),
    true,
  );
});
