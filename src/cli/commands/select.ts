// `tutti select`: which members make the best average, by greedy selection on rows that none was trained on.

import { saveEnsemble } from '../../bundle/save.js';
import { transformTable } from '../../data/preprocessing/preprocessing.js';
import { withAveragingWeights } from '../../ensemble/predict/averaging-weights.js';
import { helps } from '../../ensemble/select/greedy-selection.js';
import {
  type MemberSelection,
  SELECTION_OPTIONS,
  selectMembers,
} from '../../ensemble/select/select-members.js';
import { metrics, type SelectionMetric } from '../../measure/metrics/metrics.js';
import { metricText } from '../../report/score-columns.js';
import { alignColumns } from '../../report/text-table.js';
import { counted } from '../../report/words.js';
import {
  ALLOW_MODULE_ROW,
  checkOutput,
  checkOutputBesideModules,
  loadForRawRows,
} from '../files/input-files.js';
import { trainingPart } from '../files/training-part.js';
import { AGGREGATOR_ROW, aggregatorOf } from '../options/averaging-flags.js';
import {
  type CommandDefinition,
  ENSEMBLE_AND_ROWS,
  type GivenOptions,
  JSON_ROW,
  QUIET_ROW,
} from '../options/command.js';
import { FILE_ROWS, readTable } from '../options/data-flags.js';
import type { OptionOrigins } from '../options/option-origins.js';
import type { OptionRow } from '../options/option-row.js';
import { PREDICTING_ISOLATE_ROW } from '../options/pool-flags.js';
import { rowsIn } from '../options/rows.js';
import { note, paletteOf, print, printJson } from '../terminal/terminal.js';
import { noteMissing } from '../text/missing-members.js';

const selecting = rowsIn('selection');

const ROWS: readonly OptionRow[] = [
  selecting.of(SELECTION_OPTIONS, 'outOfBag'),
  selecting.of(SELECTION_OPTIONS, 'size', { argument: 'n' }),
  selecting.of(SELECTION_OPTIONS, 'metric'),
  selecting.of(SELECTION_OPTIONS, 'always'),
  rowsIn('output').path('out', 'where to save the ensemble with these weights', {
    short: 'o',
    defaultText: 'not saved',
  }),
];

export const command: CommandDefinition = {
  arguments: ENSEMBLE_AND_ROWS,
  options: [
    ...ROWS,
    AGGREGATOR_ROW,
    ...FILE_ROWS,
    ALLOW_MODULE_ROW,
    PREDICTING_ISOLATE_ROW,
    JSON_ROW,
    QUIET_ROW,
  ],
  examples: [
    'tutti select digits.tutti validation.csv --out selected.tutti',
    'tutti select digits.tutti digits.csv --out-of-bag',
  ],
  run: ([bundle, file], given, origins) => select(bundle!, file!, given, origins),
};

async function select(
  bundle: string,
  file: string,
  given: GivenOptions,
  origins: OptionOrigins,
): Promise<number> {
  const { outOfBag, size, metric, out, json, quiet } = given;
  const path = out as string | undefined;
  await checkOutput(path, [bundle, file]);
  const { ensemble, preprocessing } = await loadForRawRows(bundle, given);
  await checkOutputBesideModules(path, ensemble);
  const table = await readTable(file, given, origins);
  if (quiet !== true) noteMissing(ensemble);
  const trained = outOfBag === true || quiet !== true ? trainingPart(ensemble, preprocessing, table) : null;
  if (outOfBag !== true && trained !== null) {
    note('Rows the ensemble was trained on are among these: give --out-of-bag, or other rows.');
  }
  const dataset = (outOfBag === true ? trained : null) ?? transformTable(preprocessing, table);
  const selection = await selectMembers(ensemble, dataset, {
    outOfBag: outOfBag === true,
    aggregator: aggregatorOf(given),
    ...(size === undefined ? {} : { size: size as number }),
    ...(metric === undefined ? {} : { metric: metric as SelectionMetric }),
    always: given.always === true,
  });
  if (path !== undefined && quiet !== true && (ensemble.calibration ?? ensemble.conformity) !== null)
    note(DROPPED);
  const saved =
    path === undefined ? null : await saveEnsemble(withAveragingWeights(ensemble, selection.weights), path);
  if (json === true) {
    printJson({ ...selection, ...(saved === null ? {} : { out: path, contentHash: saved.contentHash }) });
    return 0;
  }
  for (const line of selectionLines(selection)) print(line);
  if (path !== undefined && quiet !== true) note(`Wrote ${path}`);
  return 0;
}

const DROPPED =
  'Its calibration and guarantees were of other weights, and are dropped: tutti calibrate fits them anew';

const TOO_FEW_SHARED =
  'A squared error below 0 is foretold from too few rows that two members share out of bag: it says nothing.';

function selectionLines(selection: MemberSelection): string[] {
  const { counts, metric, rows, score, equalWeights, bestMember, path, check } = selection;
  const judged = metrics.get(metric);
  const shown = (value: number) => metricText(judged, value);
  const chosen = path.slice(0, path.findIndex((step) => step.score === score) + 1);
  const distinct = new Set(chosen.map(({ place }) => place)).size;
  const table = alignColumns([
    [`${judged.title} on ${counted(rows, 'row')}`, ''],
    [`best member (${bestMember.index})`, shown(bestMember.score)],
    [`all ${counts.length} members equally`, shown(equalWeights)],
    [`${distinct} selected, on the rows they were selected on`, shown(score)],
    ...(check === null
      ? []
      : [
          ['selected on nine tenths of the rows, scored on the others', shown(check.score)],
          ['gain over equal weights there', `${shown(check.gain)} ± ${shown(check.standardError)}`],
        ]),
  ]);
  const [head, ...lines] = table;
  return [
    paletteOf(process.stdout).bold(head!),
    ...lines.map((line) => `  ${line}`),
    ...(metric === 'squaredError' && score < 0 ? [TOO_FEW_SHARED] : []),
    verdict(selection),
    `--weights ${counts.join(',')}`,
  ];
}

function verdict({ selected, check }: MemberSelection): string {
  if (check === null) {
    const few = 'Too few rows to say what the selection is worth on others';
    return selected ? `${few}.` : `${few}: equal weights are kept (--always takes it).`;
  }
  if (helps(check)) return 'Selecting helps on rows it was not made on, by two standard errors.';
  const no = 'Selecting does not help on rows it was not made on, by two standard errors';
  return selected ? `${no}; it was asked for.` : `${no}: equal weights are kept (--always takes it).`;
}
