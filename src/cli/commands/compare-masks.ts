// `tutti compare-masks`: one dropout net of a saved ensemble, predicting in every way there is.

import { transformTable } from '../../data/preprocessing/preprocessing.js';
import { measurementJson } from '../../report/measurement-json.js';
import { correlationLines } from '../../report/measurement-text.js';
import type { Palette } from '../../report/palette.js';
import { alignColumns, type TextRow } from '../../report/text-table.js';
import { counted, figure, percent } from '../../report/words.js';
import {
  COMPARE_OPTIONS,
  compareMasks,
  type MaskComparison,
  type MaskWayResult,
} from '../../studies/masks/compare-masks.js';
import type { MaskWay } from '../../studies/masks/predict-masks.js';
import { loadForRawRows, targetNames } from '../files/input-files.js';
import { trainedNote } from '../files/training-part.js';
import {
  type CommandDefinition,
  type GivenOptions,
  JSON_ROW,
  QUIET_ROW,
  ROWS_WITH_TARGETS,
} from '../options/command.js';
import { FILE_ROWS, readTable } from '../options/data-flags.js';
import type { OptionOrigins } from '../options/option-origins.js';
import type { OptionRow } from '../options/option-row.js';
import { rowsIn } from '../options/rows.js';
import { note, paletteOf, print, printJson } from '../terminal/terminal.js';
import { noteMissing } from '../text/missing-members.js';

const masking = rowsIn('masks');

const ROWS: readonly OptionRow[] = [
  masking.of(COMPARE_OPTIONS, 'masks', { argument: 'n' }),
  masking.of(COMPARE_OPTIONS, 'member', { argument: 'i' }),
  masking.of(COMPARE_OPTIONS, 'enumerate'),
  masking.of(COMPARE_OPTIONS, 'seed', { short: 's', argument: 'n' }),
];

export const command: CommandDefinition = {
  arguments: [
    { name: 'ensemble', description: 'saved ensemble with a member trained with dropout' },
    ROWS_WITH_TARGETS,
  ],
  options: [...ROWS, ...FILE_ROWS, JSON_ROW, QUIET_ROW],
  examples: [
    'tutti compare-masks digits.tutti test.csv',
    'tutti compare-masks digits.tutti test.csv --masks 200 --member 3 --json',
  ],
  run: ([bundle, file], given, origins) => compare(bundle!, file!, given, origins),
};

const WAY_NAMES: Readonly<Record<MaskWay, string>> = {
  weightScaling: 'weight scaling rule',
  arithmeticMean: 'arithmetic mean',
  geometricMean: 'geometric mean',
};

async function compare(
  bundle: string,
  file: string,
  given: GivenOptions,
  origins: OptionOrigins,
): Promise<number> {
  const { ensemble, preprocessing } = await loadForRawRows(bundle);
  const table = await readTable(file, given, origins);
  const dataset = transformTable(preprocessing, table);
  if (given.quiet !== true) noteMissing(ensemble);
  const trained = given.quiet === true ? null : trainedNote(ensemble, preprocessing, table);
  if (trained !== null) note(trained);
  const { masks, member, enumerate, seed } = given as {
    masks?: number;
    member?: number;
    enumerate?: boolean;
    seed?: number;
  };
  const compared = await compareMasks(ensemble, dataset, {
    ...(masks === undefined ? {} : { masks }),
    ...(member === undefined ? {} : { member }),
    ...(enumerate === undefined ? {} : { enumerate }),
    ...(seed === undefined ? {} : { seed }),
  });
  const targets = targetNames(ensemble);
  if (given.json === true) {
    printJson({ ...compared, overMasks: measurementJson(compared.overMasks, targets) });
  } else {
    for (const line of comparisonLines(compared, paletteOf(process.stdout))) print(line);
  }
  return 0;
}

function comparisonLines({ member, droppable, ways, overMasks }: MaskComparison, palette: Palette): string[] {
  const { rows, accuracy } = ways[0]!.scores;
  const classified = accuracy !== null;
  const withLikelihood = ways.some(({ logLikelihood }) => logLikelihood !== null);
  const head: TextRow = [
    ...['', 'masks', classified ? 'error' : 'RMSE'],
    ...(withLikelihood ? ['log-likelihood'] : []),
    'time',
  ];
  const cells = (result: MaskWayResult): TextRow => {
    const { way, masks, enumerated, scores, logLikelihood, wallMs } = result;
    const error = classified
      ? percent(scores.errorRate!)
      : figure(Math.sqrt(scores.squaredError / scores.rmse!.length));
    return [
      ...[enumerated ? `${WAY_NAMES[way]}, all masks` : WAY_NAMES[way], `${masks}`, error],
      ...(withLikelihood ? [figure(logLikelihood)] : []),
      wallMs < 1000 ? `${figure(wallMs, 3)} ms` : `${figure(wallMs / 1000, 3)} s`,
    ];
  };
  const [first, ...lines] = alignColumns([head, ...ways.map(cells)]);
  const { memberCount } = overMasks.errorCorrelation;
  return [
    palette.bold(`Member ${member}: ${counted(droppable, 'unit')} can be dropped; ${counted(rows, 'row')}`),
    ...[palette.dim(first!), ...lines, ''],
    ...correlationLines([{ name: `${memberCount} masks`, measurement: overMasks }], palette),
  ];
}
