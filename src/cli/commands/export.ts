// `tutti export`: a saved ensemble as a file of another format.

import { extname } from 'node:path';
import { ensembleToBytes } from '../../bundle/save.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { failOption } from '../../errors.js';
import { EXPORT_OPTIONS, type ExportFormatName, exportFormats, writeExport } from '../../exports/formats.js';
import { writeAll, writeAtomically } from '../../files/atomic-file.js';
import { isNetwork } from '../../model/network-members.js';
import { distillationLines } from '../../report/distillation-text.js';
import { counted } from '../../report/words.js';
import {
  ALLOW_MODULE_ROW,
  checkOutput,
  checkOutputBesideModules,
  loadEnsembleFile,
  loadForRawRows,
} from '../files/input-files.js';
import {
  AGGREGATOR_ROW,
  CALIBRATED_ROW,
  CLIP_ROW,
  calibratedOf,
  clipOf,
} from '../options/averaging-flags.js';
import { type CommandDefinition, type GivenOptions, JSON_ROW, QUIET_ROW } from '../options/command.js';
import type { OptionOrigins } from '../options/option-origins.js';
import { rowsIn } from '../options/rows.js';
import { requireSingle, SINGLE_ROWS } from '../options/single-flags.js';
import { note, paletteOf, print, printJson } from '../terminal/terminal.js';
import { noteMissing } from '../text/missing-members.js';

const output = rowsIn('output');

export const command: CommandDefinition = {
  arguments: [{ name: 'ensemble', description: 'saved ensemble' }],
  options: [
    output.of(EXPORT_OPTIONS, 'format', {
      common: true,
      defaultText: 'by the end of the name in --out',
    }),
    output.path('out', 'where to write the exported model', { short: 'o', common: true }),
    output.of(EXPORT_OPTIONS, 'inputs'),
    output.of(EXPORT_OPTIONS, 'numbers'),
    output.of(EXPORT_OPTIONS, 'outputs', { argument: 'names' }),
    ...SINGLE_ROWS,
    ...[AGGREGATOR_ROW, CALIBRATED_ROW, CLIP_ROW, ALLOW_MODULE_ROW, JSON_ROW, QUIET_ROW],
  ],
  examples: [
    'tutti export digits.tutti --out digits.onnx',
    'tutti export digits.tutti --format onnx --inputs features --out digits.onnx',
    'tutti export digits.tutti --single --data digits.csv --out single.tutti',
    'tutti export digits.tutti --single --data digits.csv --hidden 16 --out small.onnx',
  ],
  run: ([path], given, origins) => exportFile(path!, given, origins),
};

/** What `tutti distill` does too. @returns the exit status. */
export async function exportFile(path: string, given: GivenOptions, origins: OptionOrigins): Promise<number> {
  const { out, data, heldOut, single, quiet } = given;
  if (out === undefined) failOption('out', 'the path of the file to write', out);
  const target = out as string;
  const format = formatOf(given.format as ExportFormatName | undefined, target, single === true);
  if (single !== true) requireSingle(given);
  const inputs = [path, data, heldOut].filter((input) => input !== undefined).map(String);
  await checkOutput(target, inputs);
  if (single === true) return exportSingle(path, target, format, given, origins);
  const ensemble = await loadEnsembleFile(path, given);
  await checkOutputBesideModules(target, ensemble);
  if (quiet !== true) noteMissing(ensemble);
  const options = { ...calibratedOf(given, ensemble), ...clipOf(given), aggregator: given.aggregator };
  const written = await write(ensemble, target, format, given, options);
  if (given.json === true) printJson(written);
  return 0;
}

/** One net in place of the ensemble, in any format, or saved as an ensemble of one. */
async function exportSingle(
  path: string,
  target: string,
  format: ExportFormatName | null,
  given: GivenOptions,
  origins: OptionOrigins,
): Promise<number> {
  if (given.calibrated !== undefined)
    failOption('calibrated', 'absent with `single`, which learns what the ensemble says', given.calibrated);
  const { ensemble, preprocessing } = await loadForRawRows(path, given);
  await checkOutputBesideModules(target, ensemble);
  if (given.quiet !== true) noteMissing(ensemble);
  if (
    given.quiet !== true &&
    ensemble.plan.members.some((spec) => isNetwork(spec) && spec.loss === 'quantile')
  )
    note('Its quantiles are not learned: the net answers with what stands for the median');
  // Before the net is trained in vain.
  if (format === 'tfjs')
    (await import('../../exports/layers-model/write-layers-model.js')).requireUnclipped(ensemble);
  const { distillFromFile } = await import('../files/single-net.js');
  const outcome = await distillFromFile(ensemble, preprocessing, given, origins);
  if ('status' in outcome) return outcome.status;
  const { ensemble: net, report } = outcome.result;
  const written = await write(net, target, format, given, {});
  if (given.json === true) printJson({ ...written, single: report });
  else for (const line of distillationLines(report, paletteOf(process.stdout))) print(line);
  return 0;
}

/** @param format null: saved. */
async function write(
  ensemble: TrainedEnsemble,
  target: string,
  format: ExportFormatName | null,
  { inputs, numbers, outputs, json, quiet }: GivenOptions,
  options: Readonly<Record<string, unknown>>,
): Promise<object> {
  const stated = { inputs, numbers, outputs, ...options };
  const own = Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== undefined));
  const [stray] = format === null ? Object.keys(own) : [];
  if (stray !== undefined) failOption(stray, 'absent for a saved ensemble', own[stray]);
  const bytes =
    format === null ? await ensembleToBytes(ensemble) : await writeExport(ensemble, { format, ...own });
  await writeAtomically(target, (handle) => writeAll(handle, bytes));
  const members = ensemble.members.length;
  if (json !== true && quiet !== true) {
    const title = format === null ? 'a saved ensemble' : exportFormats.get(format).title;
    note(`Wrote ${target}: ${title}, ${counted(members, 'member')}, ${counted(bytes.length, 'byte')}`);
  }
  return { out: target, format: format ?? 'tutti', bytes: bytes.length, members };
}

/** How names of saved ensembles end. */
const SAVED = '.tutti';

/** That which is stated, or whose files end as the output's name does; null: a single net, saved. */
function formatOf(
  stated: ExportFormatName | undefined,
  out: string,
  single: boolean,
): ExportFormatName | null {
  if (stated !== undefined) return stated;
  const extension = extname(out).toLowerCase();
  if (single && extension === SAVED) return null;
  const fitting = exportFormats.entries.find((format) => format.extension === extension);
  if (fitting === undefined || !exportFormats.has(fitting.name)) {
    return failOption(
      'format',
      `one of ${exportFormats.names.join(', ')}, as the name of ${out} does not tell`,
      undefined,
    );
  }
  return fitting.name;
}
