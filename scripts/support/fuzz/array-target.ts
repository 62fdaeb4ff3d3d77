// Files of arrays and images: NumPy's, MNIST's, PNG. What has checksums is changed beneath them too, so that what lies behind
// them is reached.

import { crc32, deflateRawSync } from 'node:zlib';
import { describeTable } from '../../../src/data/columns/describe.js';
import { loadTraining } from '../../../src/data/load.js';
import { openTable } from '../../../src/data/readers/open-table.js';
import type { Table } from '../../../src/data/table/table.js';
import { TuttiError } from '../../../src/errors.js';
import { idxFile } from '../../../test/support/idx-file.js';
import { type NumpyFile, numpyFile } from '../../../test/support/numpy-files.js';
import { CHANNELS, chunk, writePng } from '../../../test/support/png-writer.js';
import type { Draws } from './draws.js';
import { mutateBytes } from './mutate.js';
import { type FuzzTarget, require } from './target.js';

const ARRAYS: readonly NumpyFile[] = [
  ...(['<f8', '>f4', '<f2', '|u1', '<i8', 'fortran', 'cubeFortran', 'last', 'bools', 'boolGrid'] as const),
  ...(['bytes', 'letters', 'letterGrid', 'records', 'aligned', 'version2', 'version3', 'objects'] as const),
];
const ARCHIVES: readonly NumpyFile[] = ['npzPlain', 'npzPacked', 'npzColumns', 'npzStrange', 'npzKeras'];

const cells = (bytes: number) => Uint8Array.from({ length: bytes }, (_, at) => (at * 37) % 256);

const IMAGES = [
  ...[1, 2, 4, 8, 16].map((depth) => [0, depth] as const),
  ...[2, 4, 6].map((colour) => [colour, 8] as const),
  ...[1, 8].map((depth) => [3, depth] as const),
].flatMap(([colour, depth]) =>
  [false, true].map((interlaced) =>
    writePng({
      ...{ width: 5, height: 3, depth, colour, interlaced },
      samples: Array.from({ length: 15 * CHANNELS[colour]! }, (_, at) => (at * 7) % 2),
      ...(colour === 3 ? { palette: [1, 2, 3, 4, 5, 6] } : {}),
    }),
  ),
);

const FILES = [
  ...ARRAYS.map(numpyFile),
  ...ARCHIVES.map(numpyFile),
  ...[idxFile(8, [3, 2, 2], cells(12)), idxFile(8, [5], cells(5))],
  ...[idxFile(14, [2, 2], cells(32)), idxFile(11, [2, 1, 3], cells(12))],
  ...IMAGES,
];
const WORDS = [
  ...[
    '\x93NUMPY',
    'PK\x01\x02',
    'PK\x05\x06',
    '\xff\xff\xff\xff',
    '\0\0\0\0',
    '\x7f\xff\xff\xff',
    'x.npy',
    'IDAT',
  ],
  ...[
    "'shape': (",
    '(3,',
    ', 4)',
    '4000000000',
    "'<f8'",
    "'|O'",
    "'>U9999999'",
    "('a', '<i4')",
    'True',
    '[',
    '{',
  ],
];

export const arrays: FuzzTarget = {
  name: 'arrays',
  codes: ['ERR_DATA', 'ERR_OPTION', 'ERR_MEMORY', 'ERR_FILE'],
  make(draws: Draws) {
    switch (draws.below(4)) {
      case 0:
        return archiveOf(draws);
      case 1:
        return chunksOf(draws);
      default:
        return mutateBytes(draws, draws.of(FILES), FILES, WORDS);
    }
  },
  async read(bytes) {
    const table = await openTable(bytes);
    requireShape(table);
    const { columns, rows } = describeTable(table);
    require(columns.length === table.columns.length && rows === table.rows, 'a description of another table');
    const target = table.columns.at(-1)!.name;
    try {
      const { train } = loadTraining(table, { target, impute: 'mean', missingTarget: 'drop' });
      require(train.x.every(Number.isFinite), 'numbers that are not finite');
    } catch (error) {
      if (!(error instanceof TuttiError && arrays.codes.includes(error.code))) throw error;
    }
  },
};

/** Every cell is there, and says as text what it says as a number. */
function requireShape({ columns, rows, image }: Table): void {
  require(rows > 0 && columns.length > 0, 'a table of nothing');
  const images = image === undefined ? 0 : image.channels * image.height * image.width;
  require(images <= columns.length, 'images of more cells than columns');
  for (const column of columns) {
    require(column.length === rows, 'a column of other rows');
    for (let row = 0; row < rows; row++) {
      const [text, number] = [column.text(row), column.number(row)];
      if (column.holdsNumbers !== true) continue;
      require((text === '') ===
        Number.isNaN(number), 'a missing number that has a text, or the other way round');
      const same = Number(text) === number || Math.fround(Number(text)) === number;
      require(text === '' || same, `the text ${text} of ${number}`);
    }
  }
}

/** An archive that is whole, of arrays that may not be. */
function archiveOf(draws: Draws): Buffer {
  const names = ['x', 'y', 'X', 'labels', 'data', 'age', 'x_test'];
  const files = Array.from({ length: 1 + draws.below(3) }, () => {
    const array = numpyFile(draws.of(ARRAYS));
    return draws.oneIn(2) ? array : mutateBytes(draws, array, FILES, WORDS);
  });
  return zipOf(files.map((bytes) => ({ name: `${draws.of(names)}.npy`, bytes, packed: draws.oneIn(2) })));
}

interface Entry {
  readonly name: string;
  readonly bytes: Buffer;
  readonly packed: boolean;
}

function zipOf(entries: readonly Entry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, bytes, packed } of entries) {
    const data = packed ? deflateRawSync(bytes) : bytes;
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(packed ? 8 : 0, 4);
    facts.writeUInt32LE(crc32(bytes), 10);
    facts.writeUInt32LE(data.length, 14);
    facts.writeUInt32LE(bytes.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([
      Buffer.from('PK\x03\x04', 'latin1'),
      facts,
      Buffer.from(name, 'latin1'),
      data,
    ]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\0', 'latin1'), facts, place, Buffer.from(name, 'latin1'));
    parts.push(local);
    at += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, listed, end]);
}

/** An image whose chunks are changed and have their checksums again. */
function chunksOf(draws: Draws): Buffer {
  const image = draws.of(IMAGES);
  const parts: Buffer[] = [image.subarray(0, 8)];
  for (let at = 8; at < image.length; ) {
    const length = image.readUInt32BE(at);
    const body = image.subarray(at + 8, at + 8 + length);
    const type = draws.oneIn(12) ? draws.of(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND', 'abCd', 'ABCD']) : null;
    const changed = draws.oneIn(3) ? mutateBytes(draws, body, IMAGES, WORDS) : body;
    if (!draws.oneIn(20)) parts.push(chunk(type ?? image.toString('latin1', at + 4, at + 8), changed));
    at += 12 + length;
  }
  return Buffer.concat(parts);
}
