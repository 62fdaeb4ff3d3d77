// `tutti report`: what an ensemble is and how far to trust it, on one page.

import { basename, join } from 'node:path';
import { inspectEnsemble } from '../../bundle/load.js';
import { failOption, TuttiError } from '../../errors.js';
import { writeAll, writeAtomically } from '../../files/atomic-file.js';
import { makeFolder } from '../../files/folder.js';
import { quoted } from '../../files/shell-word.js';
import { onSharedPool } from '../../pool/shared-pool.js';
import type { ReportStep } from '../../report/collect/collect-report.js';
import type { RowsPart } from '../../report/collect/collect-set.js';
import type { MadeReport } from '../../report/collect/make-report.js';
import type { PageFigure } from '../../report/page/parts.js';
import { byteSize, counted } from '../../report/words.js';
import {
  ALLOW_MODULE_ROW,
  checkOutput,
  checkOutputBesideModules,
  loadForRawRows,
} from '../files/input-files.js';
import {
  AGGREGATOR_ROW,
  aggregatorOf,
  CALIBRATED_ROW,
  CLIP_ROW,
  calibratedOf,
  checkAggregator,
  clipOf,
  hasVariances,
  WEIGHTS_ROW,
  weightsOf,
} from '../options/averaging-flags.js';
import { type CommandDefinition, type GivenOptions, JSON_ROW, QUIET_ROW } from '../options/command.js';
import { FILE_ROWS, readTable } from '../options/data-flags.js';
import { INTERVAL_ROWS, intervalsOf } from '../options/figure-flags.js';
import type { OptionOrigins } from '../options/option-origins.js';
import type { OptionRow } from '../options/option-row.js';
import { PREDICTING_ISOLATE_ROW } from '../options/pool-flags.js';
import { rowsIn } from '../options/rows.js';
import { stoppable } from '../terminal/stoppable.js';
import { note, print, printJson } from '../terminal/terminal.js';

const output = rowsIn('output');

const OUT_ROW = output.path('out', 'where the page goes', {
  short: 'o',
  common: true,
  defaultText: 'report.html',
});
const SVG_ROW = output.path('svg', 'folder for each figure as an SVG file', {
  argument: 'folder',
  defaultText: 'none',
});
const PNG_ROW = output.path('png', 'folder for each figure as a PNG file; needs @resvg/resvg-js', {
  argument: 'folder',
  defaultText: 'none',
});
const TEST_ROW = rowsIn('data').path('test', 'file of rows that it was not trained on, beside the others', {
  common: true,
  defaultText: 'the rows that its test share held out',
});

const ATTACK_ROW = rowsIn('figures').flag(
  'attack',
  'a section more: how scores fall as rows are moved against the members, which must be networks',
);

/** Scores of several predictors have intervals here, not of one. */
const REPORT_INTERVAL_ROWS: readonly OptionRow[] = INTERVAL_ROWS.map((row) =>
  row.name === 'replicates' ? { ...row, defaultText: '250' } : row,
);

export const command: CommandDefinition = {
  arguments: [
    { name: 'ensemble', description: 'saved ensemble' },
    {
      name: 'file',
      rows: true,
      description: 'data file, target included: the one it was trained on (judged out of bag) or test rows',
      needed:
        'figures and curves are of rows, and a saved ensemble keeps none of those it was trained on; tutti inspect shows what is known without rows',
    },
  ],
  options: [
    ...[
      OUT_ROW,
      SVG_ROW,
      PNG_ROW,
      TEST_ROW,
      AGGREGATOR_ROW,
      WEIGHTS_ROW,
      CLIP_ROW,
      CALIBRATED_ROW,
      ATTACK_ROW,
      ...REPORT_INTERVAL_ROWS,
      ...FILE_ROWS,
    ],
    ...[ALLOW_MODULE_ROW, PREDICTING_ISOLATE_ROW, JSON_ROW, QUIET_ROW],
  ],
  examples: [
    'tutti report digits.tutti digits.csv',
    'tutti report digits.tutti digits.csv --test new.csv --out digits.html',
    'tutti report digits.tutti test.csv --svg figures --attack',
  ],
  run: ([bundle, file], given, origins) => report(bundle!, file!, given, origins),
};

async function report(
  bundle: string,
  file: string,
  given: GivenOptions,
  origins: OptionOrigins,
): Promise<number> {
  const { out = 'report.html', svg, png, test } = given as Readonly<Record<string, string | undefined>>;
  const attack = given.attack === true;
  const inputs = [bundle, file, ...(test === undefined ? [] : [test])];
  await checkOutput(out, inputs);
  const intervals = intervalsOf(given);
  const { ensemble, preprocessing } = await loadForRawRows(bundle, given);
  await checkOutputBesideModules(out, ensemble);
  const aggregator = aggregatorOf(given, ensemble);
  checkAggregator(aggregator, ensemble.task.kind, hasVariances(ensemble));
  const { makeReport, partsOfTable } = await import('../../report/collect/make-report.js');
  const partsOf = async (path: string) => {
    const table = await readTable(path, given, origins);
    return partsOfTable(ensemble, preprocessing, table, table.source);
  };
  const own = await partsOf(file);
  const parts = test === undefined ? own : [...testParts(await partsOf(test)), ...own.filter(isTrained)];
  const files = await figureFiles({ svg, png });
  const { environment, bytes } = await inspectEnsemble(bundle);
  const outcome = await stoppable(null, given.quiet === true, ({ signal }) =>
    makeReport(ensemble, parts, {
      ...{
        aggregator,
        ...weightsOf(given),
        ...clipOf(given),
        ...calibratedOf(given, ensemble),
        ...intervals,
      },
      ...onSharedPool({}),
      ...{
        title: basename(bundle),
        file: { environment, bytes },
        commands: [commandOf(inputs, out, test, attack)],
      },
      attack,
      onStep: given.quiet === true ? () => undefined : stepNotes(),
      signal,
    }),
  );
  if ('status' in outcome) return outcome.status;
  const made = outcome.result;
  await writeText(out, made.html);
  for (const { folder, write } of files) await write(folder, made.figures);
  if (given.json === true) printJson({ out, verdict: made.verdict, data: made.data });
  else print(made.verdict);
  if (given.quiet === true) return 0;
  for (const { kind, text } of made.data.notes) if (kind === 'warn' || kind === 'bad') note(text);
  const folders = files.map(({ folder }) => folder);
  note(wrote(out, made, folders));
  return 0;
}

function isTrained({ rowsFrom }: RowsPart): boolean {
  return rowsFrom === 'outOfBag';
}

function testParts(parts: readonly RowsPart[]): readonly RowsPart[] {
  if (!parts.some(isTrained)) return parts;
  return failOption('test', 'a file of rows that no member was trained on', parts[0]!.source);
}

interface FigureFiles {
  readonly folder: string;
  write(folder: string, figures: readonly PageFigure[]): Promise<void>;
}

/** What writes figures by themselves; what it needs is missed before any work. */
async function figureFiles(folders: {
  svg: string | undefined;
  png: string | undefined;
}): Promise<FigureFiles[]> {
  if (folders.svg === undefined && folders.png === undefined) return [];
  const { svgFile, loadPngDrawer } = await import('../../report/charts/figure-file.js');
  const drawPng = folders.png === undefined ? null : await loadPngDrawer();
  const writer =
    (ending: string, bytesOf: (svg: string) => Uint8Array) =>
    async (folder: string, figures: readonly PageFigure[]) => {
      await makeFolder(folder).catch((error: Error) => {
        throw new TuttiError(
          'ERR_FILE',
          `Cannot make the folder ${folder}: ${error.message}`,
          { path: folder },
          error,
        );
      });
      for (const { id, svg } of figures) await writeBytes(join(folder, `${id}.${ending}`), bytesOf(svg));
    };
  return [
    ...(folders.svg === undefined
      ? []
      : [{ folder: folders.svg, write: writer('svg', (svg) => Buffer.from(svgFile(svg))) }]),
    ...(folders.png === undefined ? [] : [{ folder: folders.png, write: writer('png', drawPng!) }]),
  ];
}

function writeText(path: string, text: string): Promise<void> {
  return writeBytes(path, Buffer.from(text));
}

async function writeBytes(path: string, bytes: Uint8Array): Promise<void> {
  await writeAtomically(path, (file) => writeAll(file, bytes));
}

/** Nothing for short reports, then a line for each part of the work. */
function stepNotes(): (step: ReportStep) => void {
  const began = performance.now();
  return ({ done, of, next }) => {
    if (performance.now() - began > QUIET_MS) note(`${done}/${of}: ${next}`);
  };
}

/** A report that is there sooner needs no progress. */
const QUIET_MS = 1000;

function commandOf(
  [bundle, file]: readonly string[],
  out: string,
  test: string | undefined,
  attack: boolean,
): string {
  const more = test === undefined ? '' : ` --test ${quoted(test)}`;
  return `tutti report ${quoted(bundle!)} ${quoted(file!)}${more}${attack ? ' --attack' : ''} --out ${quoted(out)}`;
}

function wrote(out: string, { html, figures }: MadeReport, folders: readonly string[]): string {
  const size = byteSize(Buffer.byteLength(html));
  const beside = folders.length === 0 ? '' : `, and each figure to ${folders.join(' and ')}`;
  return `Wrote ${out} (${size}, ${counted(figures.length, 'figure')})${beside}`;
}
