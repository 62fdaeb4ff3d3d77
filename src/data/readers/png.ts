// PNG images to samples, all their kinds: grey, colours, palettes, with opacity or without, 1 to 16 bits, interlaced or not.
// Every chunk is held against its checksum, and no more is unpacked than the image has.
// Source: PNG (Portable Network Graphics) Specification, third edition (W3C), sections 5, 7, 8, 9 and 11.

import { crc32, inflateSync } from 'node:zlib';

export interface PngImage {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 2 grey and opacity, 3 colours, 4 colours and opacity. */
  readonly channels: number;
  /** The greatest sample: 255, or 65535 of 16 bits. */
  readonly most: 255 | 65535;
  /** [height, width, channels], row-major, each 0 to `most`: fewer than 8 bits are spread over all of it. */
  readonly samples: Uint8Array | Uint16Array;
}

/** What is wrong with an image, in words that follow "Expected … to be a whole PNG image, got". */
export class PngFault extends Error {
  override readonly name = 'PngFault';
}

export const PNG_MAGIC = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** An image of more pixels is no example to learn from. */
const MOST_PIXELS = 2 ** 26;

const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const PALETTE = 3;
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  ...{ 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] },
};

interface Head {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: number;
  readonly interlaced: boolean;
}

interface Chunks {
  readonly head: Head;
  readonly palette: Buffer | null;
  readonly transparency: Buffer | null;
  readonly data: readonly Buffer[];
}

/** @throws PngFault for what is no whole image */
export function decodePng(file: Buffer): PngImage {
  const { head, palette, transparency, data } = chunksOf(file);
  const raw = samplesOf(head, unpacked(head, data));
  if (head.colour === PALETTE) return coloured(head, raw, palette, transparency);
  const most = head.depth === 16 ? 65535 : 255;
  const channels = CHANNELS[head.colour]!;
  const image = { width: head.width, height: head.height, most } as const;
  if (transparency !== null) return keyed({ ...image, channels, samples: raw }, head.depth, transparency);
  const step = 255 / (2 ** head.depth - 1);
  const samples = head.depth < 8 ? raw.map((sample) => sample * step) : raw;
  return { ...image, channels, samples };
}

function chunksOf(file: Buffer): Chunks {
  if (file.length === 0) throw new PngFault('an empty file');
  if (!file.subarray(0, 8).equals(PNG_MAGIC)) throw new PngFault('another beginning');
  let head: Head | null = null;
  let [palette, transparency]: (Buffer | null)[] = [null, null];
  const data: Buffer[] = [];
  for (let at = 8; ; ) {
    if (at + 12 > file.length) throw new PngFault('a file that ends too early');
    const length = file.readUInt32BE(at);
    const end = at + 8 + length;
    if (end + 4 > file.length) throw new PngFault('a file that ends too early');
    const type = file.toString('latin1', at + 4, at + 8);
    if (crc32(file.subarray(at + 4, end)) !== file.readUInt32BE(end)) {
      throw new PngFault(`damaged bytes (chunk ${JSON.stringify(type)} at ${at})`);
    }
    const body = file.subarray(at + 8, end);
    if (head === null) {
      if (type !== 'IHDR') throw new PngFault('no head');
      head = headOf(body);
    } else if (type === 'IDAT') data.push(body);
    else if (type === 'PLTE') palette = body;
    else if (type === 'tRNS') transparency = body;
    else if (type === 'IEND') return { head, palette: palette!, transparency: transparency!, data };
    else if (/^[A-Z]/.test(type)) throw new PngFault(`a part of unknown kind, ${JSON.stringify(type)}`);
    at = end + 4;
  }
}

function headOf(body: Buffer): Head {
  if (body.length !== 13) throw new PngFault('a head of another length');
  const [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
  const [depth, colour, packing, filter, order] = body.subarray(8) as unknown as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (width === 0 || height === 0 || width * height > MOST_PIXELS) {
    throw new PngFault(`${width} × ${height} pixels`);
  }
  if (DEPTHS[colour]?.includes(depth) !== true) throw new PngFault(`${depth} bits of colour type ${colour}`);
  if (packing !== 0 || filter !== 0 || order > 1) throw new PngFault('a kind of packing that is not known');
  return { width, height, depth, colour, interlaced: order === 1 };
}

/** Where the pixels of a pass are: one pass of all of them, or the seven of Adam7. */
interface Pass {
  readonly left: number;
  readonly top: number;
  readonly across: number;
  readonly down: number;
}

const WHOLE: readonly Pass[] = [{ left: 0, top: 0, across: 1, down: 1 }];
const ADAM7: readonly Pass[] = [
  { left: 0, top: 0, across: 8, down: 8 },
  { left: 4, top: 0, across: 8, down: 8 },
  { left: 0, top: 4, across: 4, down: 8 },
  { left: 2, top: 0, across: 4, down: 4 },
  { left: 0, top: 2, across: 2, down: 4 },
  { left: 1, top: 0, across: 2, down: 2 },
  { left: 0, top: 1, across: 1, down: 2 },
];

interface Sized extends Pass {
  readonly width: number;
  readonly height: number;
  /** Bytes of a line without that of its filter. */
  readonly lineBytes: number;
}

function passesOf({ width, height, depth, colour, interlaced }: Head): Sized[] {
  const bits = depth * CHANNELS[colour]!;
  return (interlaced ? ADAM7 : WHOLE)
    .map((pass) => {
      const across = Math.ceil((width - pass.left) / pass.across);
      const lineBytes = Math.ceil((across * bits) / 8);
      return { ...pass, width: across, height: Math.ceil((height - pass.top) / pass.down), lineBytes };
    })
    .filter((pass) => pass.width > 0 && pass.height > 0);
}

function unpacked(head: Head, data: readonly Buffer[]): Buffer {
  const bytes = passesOf(head).reduce((sum, { height, lineBytes }) => sum + height * (lineBytes + 1), 0);
  let raw: Buffer;
  try {
    raw = inflateSync(data.length === 1 ? data[0]! : Buffer.concat(data), { maxOutputLength: bytes });
  } catch {
    throw new PngFault('pixels that are damaged, or more than its size');
  }
  if (raw.length !== bytes) throw new PngFault('fewer pixels than its size');
  return raw;
}

/** Samples as they are written, [height, width, channels of the file]. Undoes the filters within the bytes given. */
function samplesOf(head: Head, raw: Buffer): Uint8Array | Uint16Array {
  const { width, height, depth } = head;
  const channels = CHANNELS[head.colour]!;
  const samples = new (depth === 16 ? Uint16Array : Uint8Array)(width * height * channels);
  const back = Math.max(1, (depth * channels) >> 3);
  let at = 0;
  const asTheyAre = depth === 8 && !head.interlaced;
  for (const pass of passesOf(head)) {
    let above: Buffer = Buffer.alloc(pass.lineBytes);
    for (let y = 0; y < pass.height; y++) {
      const line: Buffer = raw.subarray(at + 1, at + 1 + pass.lineBytes);
      unfilter(raw[at]!, line, above, back);
      let place = ((pass.top + y * pass.down) * width + pass.left) * channels;
      if (asTheyAre) samples.set(line, place);
      else {
        for (let x = 0, sample = 0; x < pass.width; x++, place += pass.across * channels) {
          for (let c = 0; c < channels; c++, sample++) samples[place + c] = sampleAt(line, sample, depth);
        }
      }
      above = line;
      at += pass.lineBytes + 1;
    }
  }
  return samples;
}

function sampleAt(line: Buffer, sample: number, depth: number): number {
  if (depth === 8) return line[sample]!;
  if (depth === 16) return (line[2 * sample]! << 8) | line[2 * sample + 1]!;
  const bit = sample * depth;
  return (line[bit >> 3]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}

/** @param above zeros over the first line of a pass */
function unfilter(filter: number, line: Buffer, above: Buffer, back: number): void {
  if (filter > 4) throw new PngFault(`a line of filter ${filter}`);
  const { length } = line;
  const first = Math.min(back, length);
  switch (filter) {
    case 1:
      for (let i = back; i < length; i++) line[i] = line[i]! + line[i - back]!;
      return;
    case 2:
      for (let i = 0; i < length; i++) line[i] = line[i]! + above[i]!;
      return;
    case 3:
      for (let i = 0; i < first; i++) line[i] = line[i]! + (above[i]! >> 1);
      for (let i = back; i < length; i++) line[i] = line[i]! + ((line[i - back]! + above[i]!) >> 1);
      return;
    case 4:
      for (let i = 0; i < first; i++) line[i] = line[i]! + above[i]!;
      for (let i = back; i < length; i++) {
        line[i] = line[i]! + paeth(line[i - back]!, above[i]!, above[i - back]!);
      }
  }
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const a = Math.abs(guess - left);
  const b = Math.abs(guess - up);
  const c = Math.abs(guess - corner);
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

function coloured(
  { width, height }: Head,
  places: Uint8Array | Uint16Array,
  palette: Buffer | null,
  transparency: Buffer | null,
): PngImage {
  if (palette === null || palette.length === 0 || palette.length % 3 !== 0) throw new PngFault('no palette');
  const channels = transparency === null ? 3 : 4;
  const samples = new Uint8Array(places.length * channels);
  for (const [pixel, place] of places.entries()) {
    if (3 * place >= palette.length) throw new PngFault('a colour that its palette lacks');
    for (let c = 0; c < 3; c++) samples[pixel * channels + c] = palette[3 * place + c]!;
    if (transparency !== null) samples[pixel * channels + 3] = transparency[place] ?? 255;
  }
  return { width, height, channels, most: 255, samples };
}

/** One grey or colour that is transparent wherever it stands becomes an opacity of 0. */
function keyed(image: PngImage, depth: number, key: Buffer): PngImage {
  const { channels, samples, most } = image;
  if ((channels !== 1 && channels !== 3) || key.length !== 2 * channels) {
    throw new PngFault('a transparent colour of another kind');
  }
  const colour = Array.from({ length: channels }, (_, c) => key.readUInt16BE(2 * c));
  const step = depth < 8 ? 255 / (2 ** depth - 1) : 1;
  const own = new (most === 255 ? Uint8Array : Uint16Array)((samples.length / channels) * (channels + 1));
  for (let from = 0, to = 0; from < samples.length; from += channels, to += channels + 1) {
    for (let c = 0; c < channels; c++) own[to + c] = samples[from + c]! * step;
    own[to + channels] = colour.every((value, c) => value === samples[from + c]) ? 0 : most;
  }
  return { ...image, channels: channels + 1, samples: own };
}
