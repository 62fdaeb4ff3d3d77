// The script that a user should be able to write: it compiles under the strictest settings, without an assertion, and
// prints the command line's table.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const pixels = Array.from({ length: 64 }, (_, at) => `p${Math.floor(at / 8)}_${at % 8}: ${at % 16}`);

const SCRIPT = `import { Ensemble, loadData, startTraining, trainEnsemble } from 'tutti';

const { train, test } = await loadData('digits.csv', { target: 'digit', testShare: 0.3, seed: 1 });
const ensemble = await trainEnsemble(train, { members: 4, hidden: [64], epochs: 10, seed: 1 });
const report = await ensemble.evaluate(test);
console.log(\`\${report}\`);
const [row] = await ensemble.predict([{ ${pixels.join(', ')} }]);
console.log(row.label, row.probabilities[row.label]);
await ensemble.save('digits.tutti');

const training = startTraining(train, { members: 2, hidden: [8], epochs: 2, seed: 1 });
for await (const { done, planned } of training.progress()) console.log(\`\${done} of \${planned}\`);
const small = await training.ensemble;
console.log(small.members.length, (await Ensemble.load('digits.tutti')).contentHash() === ensemble.contentHash());
`;

/** What the types of a task that is known, and of one that is not, let a program say. */
const TYPES = `import { Ensemble, loadData, trainEnsemble } from 'tutti';

const classes = await loadData('digits.csv', { target: 'digit', task: 'classification', test: 'digits.csv' });
const classifier: Ensemble<'classification'> = await trainEnsemble(classes.train);
const labels: Int32Array = (await classifier.predict(classes.test)).labels;
const rows = await classifier.predict([{ a: 1 }, { a: 2 }]);
const label: string = rows[1].label;
// @ts-expect-error there are two
rows[2].label;
const accuracy: number = (await classifier.evaluate(classes.test)).meanMember.accuracy;

const values = await loadData([{ a: 1, y: 2 }], { target: 'y', task: 'regression' });
const regressor = await trainEnsemble(values.train, { members: 2 });
const [first] = await regressor.predict([{ a: 1 }]);
const value: number = first.value;
const deviation: number | undefined = first.deviation?.y;
const none: null = (await regressor.predict(new Float32Array(1))).labels;
// @ts-expect-error nothing to test on was asked for
await regressor.evaluate(values.test);
// @ts-expect-error an option that is none
await loadData('digits.csv', { target: 'digit', testshare: 0.3 });

const either: Ensemble = classifier;
const [unknown] = await either.predict([{ a: 1 }]);
export const all: unknown[] = [labels, label, accuracy, value, deviation, none, unknown.label, unknown.value];
`;

const folder = t.testdir({
  'package.json': '{"type":"module"}',
  'script.ts': SCRIPT,
  'types.ts': TYPES,
  'digits.csv': t.fixture('symlink', join(root, 'data/digits.csv')),
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      ...{ target: 'es2023', lib: ['es2023'], module: 'nodenext', outDir: 'out', types: ['node'] },
      ...{ strict: true, skipLibCheck: false, noUncheckedIndexedAccess: true },
      ...{ exactOptionalPropertyTypes: true, typeRoots: [join(root, 'node_modules/@types')] },
    },
    files: ['script.ts', 'types.ts'],
  }),
  node_modules: { tutti: t.fixture('symlink', root) },
});
const env = { ...process.env, NODE_OPTIONS: '' };
const run = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: folder, env });

t.test('it compiles', async (t) => {
  await t.resolves(
    run(join(root, 'node_modules/typescript/bin/tsc'), '-p', '.').catch(({ stdout }) => {
      throw new Error(stdout);
    }),
  );
});

t.test('it runs', async (t) => {
  const { stdout } = await run('out/script.js');
  t.match(stdout, /^ +accuracy +log-loss +squared error\ntest, arithmetic mean +9\d\.\d+ %/);
  t.match(stdout, /\n\d 0\.\d+\n/);
  t.match(stdout, /\n2 of 2\n2 true\n$/);
  t.ok(readFileSync(join(folder, 'digits.tutti')).length > 0);
});
