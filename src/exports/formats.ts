// All formats that ensembles are exported in. To add one: its file, and its place in this list.

import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { failOption } from '../errors.js';
import { betweenBlocks } from '../long-calls.js';
import { checkOptions, described, type OptionTable, option } from '../option-names.js';
import { createRegistry } from '../registry.js';
import { tfjs } from './layers-model/format.js';
import { onnx } from './onnx/format.js';
import { json } from './plain-json.js';
import { safetensors } from './safetensors.js';
import { type ExportFormat, FORMAT_OPTIONS, type FormatOptions } from './shared/export-format.js';

const BUILT_IN = [onnx, tfjs, safetensors, json] as const;

/** The name of a format. */
export type ExportFormatName = (typeof BUILT_IN)[number]['name'];

export const exportFormats = createRegistry<ExportFormat, ExportFormatName>('format', BUILT_IN);

export interface ExportOptions extends FormatOptions {
  readonly format: ExportFormatName;
}

export const EXPORT_OPTIONS = {
  format: described(option.required(option.named(exportFormats)), {
    kind: 'choice',
    says: 'the format of the exported model',
  }),
  ...FORMAT_OPTIONS,
} satisfies OptionTable<ExportOptions>;

/**
 * An ensemble as a file of another format.
 * @throws ERR_OPTION for an option that the format does not take, and for members that it has no form for.
 */
export async function writeExport(ensemble: TrainedEnsemble, options: ExportOptions): Promise<Uint8Array> {
  checkOptions('exportEnsemble', options, EXPORT_OPTIONS);
  const { format, ...own } = options;
  await betweenBlocks(own.signal);
  const chosen = exportFormats.get(format);
  const known: readonly string[] = ['signal', ...chosen.takes];
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined && !known.includes(name)) failOption(name, `absent for ${chosen.title}`, value);
  }
  const bytes = await chosen.write(ensemble, own);
  own.signal?.throwIfAborted();
  return bytes;
}
