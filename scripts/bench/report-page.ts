// How long the report of an ensemble takes, part by part, on one thread:
//
//     node dist/scripts/bench/report-page.js [members] [rows] [classes] [features]
//
// 16 members × 10 000 test rows of 10 classes unless it is told otherwise. Processor time is printed beside wall time, since
// other work of the machine takes from the one and not from the other.

import { Dataset } from '../../src/data/dataset/dataset.js';
import { createInlineRunner, trainEnsemble } from '../../src/index.js';
import { RandomStream, streamKey } from '../../src/math/random.js';
import { collectReport } from '../../src/report/collect/collect-report.js';
import { partOfDataset } from '../../src/report/collect/rows-of-table.js';
import { renderReport } from '../../src/report/sections/report-page.js';

const [members = 16, rows = 10_000, classes = 10, features = 20] = process.argv.slice(2).map(Number);

/** Clusters that overlap. */
function rowsOf(count: number, stream: number, like?: Dataset): Dataset {
  const centres = new RandomStream(streamKey(7, 'noise'));
  const centre = Float64Array.from({ length: classes * features }, () => centres.normal());
  const random = new RandomStream(streamKey(stream, 'noise'));
  const labels = Int32Array.from({ length: count }, () => random.below(classes));
  const x = Float64Array.from({ length: count * features }, (_, at) => {
    const label = labels[Math.floor(at / features)]!;
    return centre[label * features + (at % features)]! + 1.6 * random.normal();
  });
  return Dataset.fromArrays({ x, rows: count, features, labels, ...(like === undefined ? {} : { like }) });
}

async function timed<Value>(what: string, work: () => Promise<Value> | Value): Promise<Value> {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  const value = await work();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  console.log(
    `${what.padEnd(44)} ${seconds(performance.now() - wall)} wall, ${seconds((user + system) / 1000)} processor`,
  );
  return value;
}

const train = rowsOf(4000, 1);
const test = rowsOf(rows, 2, train);
const runner = createInlineRunner();
const ensemble = await timed('training', () =>
  trainEnsemble(train, { preset: 'lecture', members, hidden: [32], epochs: 10, seed: 1 }, { runner }),
);
for (const round of ['first', 'again']) {
  const parts = [partOfDataset(ensemble, test, 'test')];
  const data = await timed(`${round}: collected, test rows`, () => collectReport(ensemble, parts));
  const { html, figures } = await timed(`${round}: drawn`, () => renderReport(data));
  console.log(`${figures.length} figures, ${(html.length / 1e3).toFixed(0)} kB`);
}
await timed('with the training rows out of bag', async () =>
  renderReport(
    await collectReport(ensemble, [
      partOfDataset(ensemble, test, 'test'),
      partOfDataset(ensemble, train, 'train'),
    ]),
  ),
);
