// The program that docs/reference/exported-ensembles.md shows predicts what tutti does.

import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Ensemble } from '../../src/api/ensemble.js';
import { loadData } from '../../src/api/load-data.js';
import { writeExport } from '../../src/exports/formats.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { mixedRecords } from '../support/mixed-records.js';

const python = spawnSync('python3', ['--version']).status === 0;

t.test('thirty lines of Python predict from the file', { skip: python ? false : 'no python3' }, async (t) => {
  const page = readFileSync('docs/reference/exported-ensembles.md', 'utf8');
  const [, program] = /## Thirty lines of Python[\s\S]*?```python\n([\s\S]*?)```/.exec(page)!;
  t.ok(program!.split('\n').filter((line) => line.trim() !== '').length <= 34);
  const { records, target, fresh } = mixedRecords();
  const { train } = await loadData(records, { target, impute: 'mean', unseen: 'ignore' });
  const options = { members: 3, hidden: [5], epochs: 20, seed: 1, numericEmbedding: 'none' } as const;
  const ensemble = new Ensemble(await trainEnsemble(train, options));
  const folder = t.testdir({ 'predict.py': program! });
  writeFileSync(join(folder, 'flowers.json'), await writeExport(ensemble, { format: 'json' }));
  const printed = execFileSync('python3', ['predict.py', 'flowers.json'], {
    cwd: folder,
    input: JSON.stringify(fresh),
    encoding: 'utf8',
  });
  const lines = printed.trim().split('\n');
  const answers = await ensemble.predict(fresh);
  t.equal(lines.length, answers.length);
  for (const [row, line] of lines.entries()) {
    const read: Readonly<Record<string, number>> = JSON.parse(line.replaceAll("'", '"'));
    const { probabilities } = answers[row] as { probabilities: Readonly<Record<string, number>> };
    for (const [name, p] of Object.entries(probabilities)) {
      t.ok(Math.abs(read[name]! - p) < 1e-5, `row ${row}, ${name}: ${read[name]}, ${p}`);
    }
  }
});
