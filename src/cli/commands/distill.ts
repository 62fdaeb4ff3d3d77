// `tutti distill`: one net in place of a saved ensemble, and what that costs. What `tutti export --single` does, under the name
// that people look for.

import { EXPORT_OPTIONS } from '../../exports/formats.js';
import { ALLOW_MODULE_ROW } from '../files/input-files.js';
import { AGGREGATOR_ROW, CLIP_ROW } from '../options/averaging-flags.js';
import { type CommandDefinition, ENSEMBLE_AND_ROWS, JSON_ROW, QUIET_ROW } from '../options/command.js';
import { rowsIn } from '../options/rows.js';
import { DISTILL_ROWS } from '../options/single-flags.js';
import { exportFile } from './export.js';

const output = rowsIn('output');

export const command: CommandDefinition = {
  arguments: ENSEMBLE_AND_ROWS,
  options: [
    output.path('out', 'where to write the net: NAME.tutti, or a format of other programs by its ending', {
      ...{ short: 'o', common: true },
    }),
    output.of(EXPORT_OPTIONS, 'format', { defaultText: 'by the end of the name in --out' }),
    ...DISTILL_ROWS,
    ...[AGGREGATOR_ROW, CLIP_ROW, ALLOW_MODULE_ROW, JSON_ROW, QUIET_ROW],
  ],
  examples: [
    'tutti distill digits.tutti digits.csv --out single.tutti',
    'tutti distill digits.tutti digits.csv --hidden 16 --held-out later.csv --out small.onnx',
  ],
  run: ([bundle, file], given, origins) =>
    exportFile(bundle!, { ...given, single: true, data: file! }, origins),
};
