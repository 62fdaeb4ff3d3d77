// `tutti attack`: how a saved ensemble's score falls as the rows of a CSV file are moved against it.

import { transformTable } from '../../data/preprocessing/preprocessing.js';
import { failOption } from '../../errors.js';
import type { Palette } from '../../report/palette.js';
import { alignColumns } from '../../report/text-table.js';
import { counted, figure, percent } from '../../report/words.js';
import {
  ATTACK_OPTIONS,
  type AttackOptions,
  type AttackPoint,
  attackEnsemble,
  DEFAULT_EPSILONS,
  type Robustness,
} from '../../studies/attack/attack.js';
import { loadForRawRows } from '../files/input-files.js';
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

const attacking = rowsIn('attack');

const ROWS: readonly OptionRow[] = [
  attacking.of(ATTACK_OPTIONS, 'epsilons', { argument: '0,0.05,0.1', defaultText: DEFAULT_EPSILONS.join() }),
  attacking.of(ATTACK_OPTIONS, 'norm'),
  attacking.of(ATTACK_OPTIONS, 'steps', { argument: 'n' }),
  attacking.of(ATTACK_OPTIONS, 'scale'),
  attacking.of(ATTACK_OPTIONS, 'bounds', { argument: 'low,high' }),
  attacking.of(ATTACK_OPTIONS, 'on'),
];

/** Matrices of more members are left to --json. */
const MOST_PRINTED = 12;

export const command: CommandDefinition = {
  arguments: [{ name: 'ensemble', description: 'saved ensemble of networks' }, ROWS_WITH_TARGETS],
  options: [...ROWS, ...FILE_ROWS, JSON_ROW, QUIET_ROW],
  examples: [
    'tutti attack digits.tutti test.csv',
    'tutti attack digits.tutti test.csv --epsilons 0,1,2 --scale absolute --bounds 0,16 --steps 10 --json',
  ],
  run: ([bundle, file], given, origins) => attack(bundle!, file!, given, origins),
};

async function attack(
  bundle: string,
  file: string,
  given: GivenOptions,
  origins: OptionOrigins,
): Promise<number> {
  const options = attackOptions(given);
  const { ensemble, preprocessing } = await loadForRawRows(bundle);
  const table = await readTable(file, given, origins);
  const dataset = transformTable(preprocessing, table);
  if (given.quiet !== true) noteMissing(ensemble);
  const trained = given.quiet === true ? null : trainedNote(ensemble, preprocessing, table);
  if (trained !== null) note(trained);
  const robustness = await attackEnsemble(ensemble, dataset, options);
  if (robustness.rangesFrom === 'attacked' && given.quiet !== true) {
    note('Saved before feature ranges were kept: those of the attacked rows are taken for them.');
  }
  const members = ensemble.members.map(({ index }) => index);
  if (given.json === true) printJson({ members, ...robustness });
  else for (const line of robustnessLines(robustness, members, paletteOf(process.stdout))) print(line);
  return 0;
}

function attackOptions(given: GivenOptions): AttackOptions {
  const { bounds } = given as { bounds?: number[] };
  if (bounds !== undefined && bounds.length !== 2) failOption('bounds', 'two numbers, such as 0,16', bounds);
  const stated = ROWS.map(({ name }) => name).filter((name) => given[name] !== undefined);
  const own = Object.fromEntries(stated.map((name) => [name, given[name]])) as Partial<AttackOptions>;
  return { epsilons: DEFAULT_EPSILONS, ...own };
}

function robustnessLines(robustness: Robustness, members: readonly number[], palette: Palette): string[] {
  const { score, rows, norm, steps, scale, points } = robustness;
  const show = score === 'accuracy' ? percent : (value: number) => figure(value);
  const unit = scale === 'range' ? "shares of each feature's range" : 'units of the data';
  const title = `${score === 'accuracy' ? 'Accuracy' : 'RMSE'} under attack: ${counted(rows, 'row')}, ${norm}, ${counted(steps, 'step')}, epsilon in ${unit}`;
  const [head, ...lines] = alignColumns([headOf(points[0]!), ...points.map((point) => rowOf(point, show))]);
  return [
    palette.bold(title),
    palette.dim(head!),
    ...lines,
    ...transferLines(points, members, show, palette),
  ];
}

function headOf({ onEnsemble, onMembers }: AttackPoint): string[] {
  return [
    'epsilon',
    ...(onEnsemble === null ? [] : ['ensemble, attacked whole', 'its members']),
    ...(onMembers === null ? [] : ['a member, attacked itself', 'other members', 'the ensemble']),
  ];
}

function rowOf({ epsilon, onEnsemble, onMembers }: AttackPoint, show: (value: number) => string): string[] {
  const whole = onEnsemble === null ? [] : [show(onEnsemble.ensemble), show(meanOf(onEnsemble.members))];
  if (onMembers === null) return [`${epsilon}`, ...whole];
  const { transfer, ensemble } = onMembers;
  const own = transfer.map((scores, attacked) => scores[attacked]!);
  const others = transfer.flatMap((scores, attacked) => scores.filter((_, member) => member !== attacked));
  const carried = others.length === 0 ? '–' : show(meanOf(others));
  return [`${epsilon}`, ...whole, show(meanOf(own)), carried, show(meanOf(ensemble))];
}

/** The matrix at the largest radius, where there are few enough members to read it. */
function transferLines(
  points: readonly AttackPoint[],
  members: readonly number[],
  show: (value: number) => string,
  palette: Palette,
): string[] {
  const { epsilon, onMembers } = points.reduce((most, point) =>
    point.epsilon > most.epsilon ? point : most,
  );
  if (onMembers === null || members.length < 2 || members.length > MOST_PRINTED) return [];
  const names = members.map((index) => `${index}`);
  const [head, ...lines] = alignColumns([
    ['attacked \\ scored', ...names],
    ...onMembers.transfer.map((scores, attacked) => [
      names[attacked]!,
      ...scores.map((value) => show(value)),
    ]),
  ]);
  return [
    '',
    palette.bold(`Attacks on one member, scored on each, at epsilon ${epsilon}`),
    palette.dim(head!),
    ...lines,
  ];
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
