// `tutti export`: a saved ensemble as a file of another format.

import { extname } from 'node:path';
import { failOption } from '../../errors.js';
import { EXPORT_OPTIONS, type ExportFormatName, exportFormats, writeExport } from '../../exports/formats.js';
import { writeAll, writeAtomically } from '../../files/atomic-file.js';
import { counted } from '../../report/words.js';
import {
  ALLOW_MODULE_ROW,
  checkOutput,
  checkOutputBesideModules,
  loadEnsembleFile,
} from '../files/input-files.js';
import {
  AGGREGATOR_ROW,
  CALIBRATED_ROW,
  CLIP_ROW,
  calibratedOf,
  clipOf,
} from '../options/averaging-flags.js';
import { type CommandDefinition, type GivenOptions, JSON_ROW, QUIET_ROW } from '../options/command.js';
import { rowsIn } from '../options/rows.js';
import { note, printJson } from '../terminal/terminal.js';
import { noteMissing } from '../text/missing-members.js';

const output = rowsIn('output');

export const command: CommandDefinition = {
  arguments: [{ name: 'ensemble', description: 'saved ensemble' }],
  options: [
    output.of(EXPORT_OPTIONS, 'format', { defaultText: 'by the end of the name in --out' }),
    output.path('out', 'where to write the exported model', { short: 'o' }),
    output.of(EXPORT_OPTIONS, 'inputs'),
    output.of(EXPORT_OPTIONS, 'numbers'),
    output.of(EXPORT_OPTIONS, 'outputs', { argument: 'names' }),
    ...[AGGREGATOR_ROW, CALIBRATED_ROW, CLIP_ROW, ALLOW_MODULE_ROW, JSON_ROW, QUIET_ROW],
  ],
  examples: [
    'tutti export digits.tutti --out digits.onnx',
    'tutti export digits.tutti --format onnx --inputs features --out digits.onnx',
  ],
  run: ([path], given) => exportFile(path!, given),
};

async function exportFile(path: string, given: GivenOptions): Promise<number> {
  const { out, json, quiet, inputs, numbers, outputs, aggregator } = given;
  if (out === undefined) failOption('out', 'the path of the file to write', out);
  const target = out as string;
  const format = formatOf(given.format as ExportFormatName | undefined, target);
  await checkOutput(target, [path]);
  const ensemble = await loadEnsembleFile(path, given);
  await checkOutputBesideModules(target, ensemble);
  if (quiet !== true) noteMissing(ensemble);
  const stated = { inputs, numbers, outputs, aggregator, ...calibratedOf(given, ensemble), ...clipOf(given) };
  const own = Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== undefined));
  const bytes = await writeExport(ensemble, { format, ...own });
  await writeAtomically(target, (handle) => writeAll(handle, bytes));
  if (json === true)
    printJson({ out: target, format, bytes: bytes.length, members: ensemble.members.length });
  else if (quiet !== true) {
    const { title } = exportFormats.get(format);
    note(
      `Wrote ${target}: ${title}, ${counted(ensemble.members.length, 'member')}, ${counted(bytes.length, 'byte')}`,
    );
  }
  return 0;
}

/** That which is stated, or whose files end as the output's name does. */
function formatOf(stated: ExportFormatName | undefined, out: string): ExportFormatName {
  if (stated !== undefined) return stated;
  const extension = extname(out).toLowerCase();
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
