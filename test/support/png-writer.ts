// PNG images of every kind for tests, by the specification alone: any colour type, depth, filter and order of passes.

import { crc32, deflateSync } from 'node:zlib';

export interface PngParts {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** 0 grey, 2 colours, 3 palette, 4 grey and opacity, 6 colours and opacity. */
  readonly colour: number;
  readonly interlaced?: boolean;
  /** Samples as the file has them, [height, width, channels]. */
  readonly samples: ArrayLike<number>;
  readonly palette?: readonly number[];
  readonly transparency?: readonly number[];
}

export const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

export function writePng(parts: PngParts): Buffer {
  const { width, height, depth, colour, interlaced = false, palette, transparency } = parts;
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([depth, colour, 0, 0, interlaced ? 1 : 0], 8);
  const data = deflateSync(Buffer.concat(linesOf(parts)));
  const half = data.length >> 1;
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('tEXt', Buffer.from('Comment\0of a test', 'latin1')),
    ...(palette === undefined ? [] : [chunk('PLTE', Buffer.from(palette))]),
    ...(transparency === undefined ? [] : [chunk('tRNS', Buffer.from(transparency))]),
    chunk('IDAT', data.subarray(0, half)),
    chunk('IDAT', data.subarray(half)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export function chunk(type: string, body: Buffer): Buffer {
  const own = Buffer.alloc(body.length + 12);
  own.writeUInt32BE(body.length, 0);
  own.write(type, 4, 'latin1');
  body.copy(own, 8);
  own.writeUInt32BE(crc32(own.subarray(4, 8 + body.length)), 8 + body.length);
  return own;
}

/** The grid of the standard's figure of Adam7: which pass each pixel of an 8 × 8 square is in. */
const ADAM7 = [
  '16462646',
  '77777777',
  '56565656',
  '77777777',
  '36463646',
  '77777777',
  '56565656',
  '77777777',
];

function linesOf(parts: PngParts): Buffer[] {
  const { width, height, interlaced = false } = parts;
  const lines: Buffer[] = [];
  for (let pass = 1; pass <= (interlaced ? 7 : 1); pass++) {
    let above: Buffer | null = null;
    for (let y = 0; y < height; y++) {
      const pixels = Array.from({ length: width }, (_, x) => x).filter(
        (x) => !interlaced || ADAM7[y % 8]![x % 8] === String(pass),
      );
      if (pixels.length === 0) continue;
      const line = packed(parts, y, pixels);
      lines.push(filtered(line, above, lines.length % 5, parts));
      above = line;
    }
  }
  return lines;
}

function packed({ width, depth, colour, samples }: PngParts, y: number, pixels: readonly number[]): Buffer {
  const channels = CHANNELS[colour]!;
  let bits = '';
  for (const x of pixels) {
    for (let c = 0; c < channels; c++) {
      bits += samples[(y * width + x) * channels + c]!.toString(2).padStart(depth, '0');
    }
  }
  bits = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0');
  return Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)));
}

function filtered(line: Buffer, above: Buffer | null, filter: number, { depth, colour }: PngParts): Buffer {
  const back = Math.max(1, (depth * CHANNELS[colour]!) >> 3);
  const at = (from: Buffer | null, i: number): number => (from === null || i < 0 ? 0 : from[i]!);
  const guess = (i: number): number => {
    const [a, b, c] = [at(line, i - back), at(above, i), at(above, i - back)];
    if (filter < 2) return filter === 0 ? 0 : a;
    if (filter < 4) return filter === 2 ? b : Math.floor((a + b) / 2);
    const p = a + b - c;
    return [a, b, c].reduce((best, one) => (Math.abs(p - one) < Math.abs(p - best) ? one : best));
  };
  return Buffer.from([filter, ...Array.from(line, (byte, i) => (byte - guess(i)) & 255)]);
}
