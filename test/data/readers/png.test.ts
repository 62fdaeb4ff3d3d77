// PNG images of every kind, against their samples and against the decoder of fast-png.

import { convertIndexedToRgb, decode } from 'fast-png';
import t from 'tap';
import { decodePng, PngFault } from '../../../src/data/readers/png.js';
import { CHANNELS, chunk, type PngParts, writePng } from '../../support/png-writer.js';

function imageOf(colour: number, depth: number, width: number, height: number, interlaced = false): PngParts {
  const values = Math.min(2 ** depth, colour === 3 ? 5 : 65536);
  const samples = Array.from(
    { length: width * height * CHANNELS[colour]! },
    (_, i) => (Math.imul(i + 3, 2654435761) >>> 8) % values,
  );
  const palette = colour === 3 ? Array.from({ length: 3 * values }, (_, i) => (i * 67) % 256) : [];
  return { width, height, depth, colour, interlaced, samples, ...(colour === 3 ? { palette } : {}) };
}

const KINDS = [
  ...[1, 2, 4, 8, 16].map((depth) => [0, depth] as const),
  ...[8, 16].flatMap((depth) => [2, 4, 6].map((colour) => [colour, depth] as const)),
  ...[1, 2, 4, 8].map((depth) => [3, depth] as const),
];

t.test('images of every colour type and depth have the samples that were written', async (t) => {
  for (const [colour, depth] of KINDS) {
    for (const [width, height] of [
      [1, 1],
      [5, 3],
      [13, 11],
    ] as const) {
      const parts = imageOf(colour, depth, width, height);
      const file = writePng(parts);
      const image = decodePng(file);
      const words = `colour type ${colour}, ${depth} bits, ${width} × ${height}`;
      const own = Array.from(parts.samples);
      const spread = own.map((sample) => (depth < 8 ? (sample * 255) / (2 ** depth - 1) : sample));
      const colours = own.flatMap((place) => parts.palette?.slice(3 * place, 3 * place + 3) ?? []);
      t.strictSame([...image.samples], colour === 3 ? colours : spread, words);
      t.strictSame(
        [image.width, image.height, image.channels],
        [width, height, colour === 3 ? 3 : CHANNELS[colour]],
      );
      const other = decode(file, { checkCrc: true });
      if (colour === 3) t.strictSame([...image.samples], [...convertIndexedToRgb(other)], words);
      else if (depth >= 8) t.strictSame([...image.samples], [...other.data], words);
    }
  }
});

t.test('interlaced images are the same images', async (t) => {
  for (const [colour, depth] of KINDS) {
    for (const [width, height] of [
      [1, 1],
      [2, 9],
      [13, 11],
    ] as const) {
      const plain = imageOf(colour, depth, width, height);
      const [a, b] = [plain, { ...plain, interlaced: true }].map((parts) => decodePng(writePng(parts)));
      t.strictSame(b, a, `colour type ${colour}, ${depth} bits, ${width} × ${height}`);
    }
  }
});

t.test('transparent colours become an opacity', async (t) => {
  const grey = { width: 2, height: 1, depth: 2, colour: 0, samples: [1, 3], transparency: [0, 3] };
  t.strictSame(decodePng(writePng(grey)).samples, Uint8Array.from([85, 255, 255, 0]));
  const deep = { width: 1, height: 1, depth: 16, colour: 0, samples: [1000], transparency: [3, 232] };
  t.strictSame(decodePng(writePng(deep)).samples, Uint16Array.from([1000, 0]));
  const palette = [1, 2, 3, 4, 5, 6];
  const places = { width: 2, height: 1, depth: 1, colour: 3, samples: [0, 1], palette, transparency: [9] };
  t.strictSame(decodePng(writePng(places)).samples, Uint8Array.from([1, 2, 3, 9, 4, 5, 6, 255]));
});

t.test('a file that is cut, or has a bit flipped anywhere, is refused', async (t) => {
  const file = writePng(imageOf(2, 8, 5, 4));
  for (let at = 0; at < file.length; at++) {
    t.throws(() => decodePng(file.subarray(0, at)), { name: 'PngFault' });
    const damaged = Buffer.from(file);
    damaged[at]! ^= 1 << (at % 8);
    t.throws(() => decodePng(damaged), { name: 'PngFault' }, `byte ${at}`);
  }
});

t.test('images that claim too much, or hold what they cannot, are refused', async (t) => {
  const parts = imageOf(0, 8, 4, 4);
  const file = writePng(parts);
  const withHead = (change: (head: Buffer) => void): Buffer => {
    const head = Buffer.from(file.subarray(16, 29));
    change(head);
    return Buffer.concat([file.subarray(0, 8), chunk('IHDR', head), file.subarray(33)]);
  };
  const faultOf = (bytes: Buffer): string => {
    try {
      decodePng(bytes);
      return 'none';
    } catch (error) {
      if (!(error instanceof PngFault)) throw error;
      return error.message;
    }
  };
  t.equal(faultOf(withHead((head) => head.writeUInt32BE(0x7fffffff, 0))), '2147483647 × 4 pixels');
  t.equal(faultOf(withHead((head) => head.writeUInt32BE(0, 4))), '4 × 0 pixels');
  t.equal(faultOf(withHead((head) => head.writeUInt32BE(40, 4))), 'fewer pixels than its size');
  t.equal(
    faultOf(withHead((head) => head.writeUInt32BE(3, 4))),
    'pixels that are damaged, or more than its size',
  );
  t.equal(faultOf(withHead((head) => head.writeUInt8(3, 8))), '3 bits of colour type 0');
  t.equal(faultOf(withHead((head) => head.writeUInt8(3, 9))), 'no palette');
  t.equal(faultOf(withHead((head) => head.writeUInt8(2, 12))), 'a kind of packing that is not known');
  const beyond = writePng({ ...imageOf(3, 8, 2, 2), samples: [0, 1, 2, 200] });
  t.equal(faultOf(beyond), 'a colour that its palette lacks');
});
