// The records of a TensorBoard event file as bytes: events in protocol buffers, each framed as a TFRecord. What is
// written to which file is tensorboard.ts's business. Field numbers are those of tensorflow/core/util/event.proto,
// tensorflow/core/framework/summary.proto and tensorboard/plugins/hparams/plugin_data.proto.

import {
  bytesField,
  doubleField,
  type Field,
  floatField,
  message,
  messageField,
  textField,
  varintField,
} from '../files/protobuf.js';
import { maskedCrc32c } from './crc32c.js';

/** A value of a hyperparameter. */
export type Parameter = string | number | boolean;

/** How a run ended, as the hparams plugin has it. */
export const SESSION_STATUS = { success: 1, failure: 2 } as const;

/** The first record of every event file. @param wallTime in seconds. */
export function versionRecord(wallTime: number): Uint8Array {
  return eventRecord(wallTime, null, textField(3, 'brain.Event:2'));
}

/** One number of one step. */
export function scalarRecord(wallTime: number, step: number, tag: string, value: number): Uint8Array {
  return eventRecord(wallTime, step, summaryField(textField(1, tag), floatField(2, value)));
}

/** That what was said of this step and later ones is void: the run goes on from there. */
export function restartRecord(wallTime: number, step: number): Uint8Array {
  return eventRecord(wallTime, step, messageField(7, varintField(1, SESSION_START)));
}

/** The hyperparameters of the run whose file it is in. @param group that the run is one session of. */
export function sessionStartRecord(
  wallTime: number,
  group: string,
  parameters: Readonly<Record<string, Parameter>>,
): Uint8Array {
  const entries = Object.entries(parameters).map(([name, value]) =>
    messageField(1, textField(1, name), messageField(2, parameterField(value))),
  );
  const start = messageField(3, entries, textField(4, group), doubleField(5, wallTime));
  return hparamsRecord(wallTime, '_hparams_/session_start_info', start);
}

/** How that run ended, a member of {@link SESSION_STATUS}. */
export function sessionEndRecord(wallTime: number, status: number): Uint8Array {
  const end = messageField(4, varintField(1, status), doubleField(2, wallTime));
  return hparamsRecord(wallTime, '_hparams_/session_end_info', end);
}

const DT_FLOAT = 1;
const SESSION_START = 1;

function hparamsRecord(wallTime: number, tag: string, data: Field): Uint8Array {
  // A tensor without numbers, for the plugin reads its data from the metadata.
  const nothing = messageField(8, varintField(1, DT_FLOAT), messageField(2, messageField(2)));
  return eventRecord(wallTime, null, summaryField(textField(1, tag), nothing, metadataOf('hparams', data)));
}

function metadataOf(plugin: string, content: Field): Field {
  return messageField(9, messageField(1, textField(1, plugin), bytesField(2, content)));
}

/** A google.protobuf.Value. */
function parameterField(value: Parameter): Field {
  if (typeof value === 'number') return doubleField(2, value);
  return typeof value === 'boolean' ? varintField(4, value ? 1 : 0) : textField(3, value);
}

function summaryField(...value: readonly Field[]): Field {
  return messageField(5, messageField(1, ...value));
}

function eventRecord(wallTime: number, step: number | null, what: Field): Uint8Array {
  // Nought is what a message says that says nothing.
  const steps = step === null || step === 0 ? [] : varintField(2, step);
  return framed(message(doubleField(1, wallTime), steps, what));
}

/** u64 length, its checksum, the data, its checksum; all little-endian. **Source:** tensorflow.org/tutorials/load_data/tfrecord. */
function framed(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + 4 + data.length + 4);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(bytes.subarray(0, 8)), true);
  bytes.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return bytes;
}
