// Reads TensorBoard event files for tests, written apart from what writes them: checksums bit by bit, messages by their
// wire format alone.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A number that a run tells of a step. */
export interface ReadScalar {
  readonly tag: string;
  readonly step: number;
  readonly value: number;
  readonly wallTime: number;
}

export interface ReadRun {
  readonly version: string;
  readonly scalars: readonly ReadScalar[];
  /** Steps from which on earlier events are void. */
  readonly restarts: readonly number[];
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Of the session's end; null before it. */
  readonly status: number | null;
}

/** All event files of a run's folder, in the order of their names. */
export function readRun(folder: string): ReadRun {
  const files = readdirSync(folder).sort();
  const all = files.map((name) => readEvents(readFileSync(join(folder, name))));
  return {
    version: all[0]!.version,
    scalars: all.flatMap(({ scalars }) => scalars),
    restarts: all.flatMap(({ restarts }) => restarts),
    parameters: Object.assign({}, ...all.map(({ parameters }) => parameters)),
    status: all.findLast(({ status }) => status !== null)?.status ?? null,
  };
}

export function readEvents(file: Buffer): ReadRun {
  let version = '';
  let status: number | null = null;
  const scalars: ReadScalar[] = [];
  const restarts: number[] = [];
  const parameters: Record<string, unknown> = {};
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    const data = file.subarray(at + 12, at + 12 + length);
    for (const [stored, bytes] of [
      [file.readUInt32LE(at + 8), file.subarray(at, at + 8)],
      [file.readUInt32LE(at + 12 + length), data],
    ] as const)
      if (stored !== masked(bitwiseCrc(bytes))) throw new Error(`a wrong checksum in the record at ${at}`);
    at += 16 + length;
    const event = fields(data);
    const wallTime = double(event.get(1)![0]!);
    const step = Number(event.get(2)?.[0] ?? 0);
    version ||= text(event.get(3)?.[0]);
    for (const log of event.get(7) ?? [])
      if (Number(fields(log as Buffer).get(1)![0]) === 1) restarts.push(step);
    for (const summary of event.get(5) ?? []) {
      for (const value of fields(summary as Buffer).get(1) ?? []) {
        const own = fields(value as Buffer);
        const tag = text(own.get(1)![0]);
        const number = own.get(2)?.[0];
        if (number !== undefined)
          scalars.push({ tag, step, value: (number as Buffer).readFloatLE(0), wallTime });
        const plugin = own.get(9) && fields(fields(own.get(9)![0] as Buffer).get(1)![0] as Buffer);
        if (plugin === undefined || text(plugin.get(1)![0]) !== 'hparams') continue;
        const content = fields(plugin.get(2)![0] as Buffer);
        const start = content.get(3)?.[0];
        if (start !== undefined) Object.assign(parameters, parametersOf(fields(start as Buffer)));
        const end = content.get(4)?.[0];
        if (end !== undefined) status = Number(fields(end as Buffer).get(1)![0]);
      }
    }
  }
  return { version, scalars, restarts, parameters, status };
}

function parametersOf(start: Fields): Record<string, unknown> {
  const entries = (start.get(1) ?? []).map((entry) => {
    const own = fields(entry as Buffer);
    const value = fields(own.get(2)![0] as Buffer);
    const number = value.get(2)?.[0];
    const words = value.get(3)?.[0];
    const is = value.get(4)?.[0];
    const read =
      number !== undefined ? double(number) : words !== undefined ? text(words) : Number(is ?? 0) === 1;
    return [text(own.get(1)![0]), read];
  });
  return Object.fromEntries(entries);
}

type Fields = Map<number, (Buffer | bigint)[]>;

/** A message as its fields: numbers of varints, the bytes of all others. */
function fields(data: Buffer): Fields {
  const found: Fields = new Map();
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = data[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < data.length) {
    const key = Number(varint());
    const sizes: Record<number, () => number> = { 1: () => 8, 2: () => Number(varint()), 5: () => 4 };
    const list = found.get(key >> 3) ?? [];
    found.set(key >> 3, list);
    const sizeOf = sizes[key & 7];
    if (sizeOf === undefined) {
      list.push(varint());
      continue;
    }
    const size = sizeOf();
    list.push(data.subarray(at, at + size));
    at += size;
  }
  return found;
}

function text(bytes: Buffer | bigint | undefined): string {
  return bytes === undefined ? '' : (bytes as Buffer).toString('utf8');
}

function double(bytes: Buffer | bigint): number {
  return (bytes as Buffer).readDoubleLE(0);
}

/** The remainder of the message polynomial by 0x1EDC6F41, a bit at a time. */
function bitwiseCrc(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const one = ((crc ^ (byte >> bit)) & 1) === 1;
      crc = (crc >>> 1) ^ (one ? 0x82f63b78 : 0);
    }
  }
  return ~crc >>> 0;
}

function masked(crc: number): number {
  const rotated = (BigInt(crc) >> 15n) | ((BigInt(crc) << 17n) & 0xffffffffn);
  return Number((rotated + 0xa282ead8n) & 0xffffffffn);
}
