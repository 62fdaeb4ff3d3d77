// Folders of images, and MNIST's own files, as tables.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { openTable } from '../../../src/data/readers/open-table.js';
import type { Table } from '../../../src/data/table/table.js';
import { idxFile } from '../../support/idx-file.js';
import { writePng } from '../../support/png-writer.js';

const numbers = ({ columns, rows }: Table) =>
  Array.from({ length: rows }, (_, row) => columns.map((column) => column.number(row)));
const last = ({ columns, rows }: Table) =>
  Array.from({ length: rows }, (_, row) => columns.at(-1)!.text(row));

const grey = (samples: readonly number[], depth = 8) =>
  writePng({ width: 2, height: 2, depth, colour: 0, samples });
const colours = (samples: readonly number[]) =>
  writePng({ width: 2, height: 1, depth: 8, colour: 2, samples });
const seeThrough = (samples: readonly number[]) =>
  writePng({ width: 2, height: 1, depth: 8, colour: 6, samples });

function folderOf(root: string, files: Readonly<Record<string, Buffer | string>>): string {
  const path = join(root, 'images');
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), bytes);
  }
  return path;
}

t.test('images in folders are rows with their folder as label, in the order of names', async (t) => {
  const path = folderOf(t.testdir(), {
    'dog/10.png': grey([9, 8, 7, 6]),
    'dog/9.png': grey([1, 0, 2, 3], 2),
    'cat/z.PNG': grey([5, 6, 7, 8]),
    'cat/.hidden': 'x',
    'cat/notes.txt': 'what these are',
    'NA/1.png': grey([257, 0, 65535, 514], 16),
  });
  const table = await openTable(path);
  t.strictSame(last(table), ['NA', 'cat', 'dog', 'dog']);
  t.strictSame(
    numbers(table).map((row) => row.slice(0, 4)),
    [
      [1, 0, 255, 2],
      [5, 6, 7, 8],
      [9, 8, 7, 6],
      [85, 0, 170, 255],
    ],
  );
  t.strictSame(
    table.columns.map(({ name }) => name),
    ['x0', 'x1', 'x2', 'x3', 'label'],
  );
  t.strictSame(table.image, { channels: 1, height: 2, width: 2 });
});

t.test('colours are planes, and an opacity that says nothing is none', async (t) => {
  const opaque = folderOf(t.testdir(), {
    'a.png': colours([1, 2, 3, 4, 5, 6]),
    'b.png': seeThrough([7, 8, 9, 255, 10, 11, 12, 255]),
  });
  const table = await openTable(opaque);
  t.strictSame(numbers(table), [
    [1, 4, 2, 5, 3, 6],
    [7, 10, 8, 11, 9, 12],
  ]);
  t.strictSame(table.image, { channels: 3, height: 1, width: 2 });
});

t.test('an opacity that says something is a plane, and every image needs one', async (t) => {
  const files = {
    'a.png': seeThrough([1, 2, 3, 255, 4, 5, 6, 255]),
    'b.png': seeThrough([7, 8, 9, 254, 10, 11, 12, 255]),
  };
  const table = await openTable(folderOf(t.testdir(), files));
  t.strictSame(numbers(table)[1], [7, 10, 8, 11, 9, 12, 254, 255]);
  t.equal(table.image?.channels, 4);
  const mixed = folderOf(t.testdir(), { ...files, 'c.png': colours([1, 2, 3, 4, 5, 6]) });
  await t.rejects(openTable(mixed), {
    code: 'ERR_DATA',
    message: /c\.png to be of some opacity, as .*a\.png is, got one without/,
  });
  const first = folderOf(t.testdir(), { '0.png': colours([1, 2, 3, 4, 5, 6]), ...files });
  await t.rejects(openTable(first), { message: /b\.png to be opaque, as .*0\.png is/ });
});

t.test('the image that is unlike the others, or damaged, is named', async (t) => {
  const good = grey([1, 2, 3, 4]);
  for (const [file, says] of [
    [
      writePng({ width: 1, height: 2, depth: 8, colour: 0, samples: [1, 2] }),
      /b\/2\.png to be 2 × 2 pixels, as .*a\/1\.png is, got 1 × 2/,
    ],
    [
      writePng({ width: 2, height: 2, depth: 8, colour: 2, samples: new Uint8Array(12) }),
      /to be grey, as .* is, got of colours/,
    ],
    [good.subarray(0, 40), /b\/2\.png to be a whole PNG image, got a file that ends too early/],
    [Buffer.alloc(0), /got an empty file/],
  ] as const) {
    const path = folderOf(t.testdir(), { 'a/1.png': good, 'b/2.png': file });
    await t.rejects(openTable(path), { code: 'ERR_DATA', message: says });
  }
});

t.test('folders that are no table of images are refused by what they hold', async (t) => {
  const good = grey([1, 2, 3, 4]);
  for (const [files, says] of [
    [
      { 'a.png': good, 'b/1.png': good },
      /to have images, or folders of images by label, got both "a\.png" and a folder "b"/,
    ],
    [{ 'a/1.png': good, 'b/c/1.png': good }, /b to hold the images of a label, got a folder in it, "c"/],
    [{ 'a/1.png': good, 'b/1.jpg': 'x' }, /b to hold PNG images, got "1\.jpg"/],
    [{ 'a/1.png': good, 'b/notes.txt': 'x' }, /b to hold the images of a label, got no PNG image/],
    [{ 'notes.txt': 'x' }, /to hold PNG images, or folders of them by label, got none/],
  ] as const) {
    await t.rejects(openTable(folderOf(t.testdir(), files)), { code: 'ERR_DATA', message: says });
  }
});

t.test('an image alone is a row, by its name or its beginning', async (t) => {
  const path = folderOf(t.testdir(), { '7.png': grey([4, 3, 2, 1]) });
  t.strictSame(numbers(await openTable(join(path, '7.png'))), [[4, 3, 2, 1]]);
  t.strictSame(numbers(await openTable(grey([4, 3, 2, 1]))), [[4, 3, 2, 1]]);
});

const IMAGES = idxFile(8, [2, 2, 2], Buffer.of(0, 1, 2, 3, 252, 253, 254, 255));
const LABELS = idxFile(8, [2], Buffer.of(7, 2));

t.test('images of MNIST have the labels beside them', async (t) => {
  for (const [images, labels] of [
    ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte'],
    ['t10k-images.idx3-ubyte', 't10k-labels.idx1-ubyte'],
  ] as const) {
    const path = folderOf(t.testdir(), { [images]: IMAGES, [labels]: LABELS });
    const table = await openTable(join(path, images));
    t.strictSame(numbers(table), [
      [0, 1, 2, 3, 7],
      [252, 253, 254, 255, 2],
    ]);
    t.equal(table.columns.at(-1)!.name, 'label');
    t.strictSame(table.image, { channels: 1, height: 2, width: 2 });
    t.match(table.remarks![0]!, /labels.*are the column `label`$/);
    const alone = await openTable(join(path, labels));
    t.strictSame([numbers(alone), alone.columns[0]!.name], [[[7], [2]], 'label']);
  }
});

t.test('packed images have packed labels beside them, or plain ones', async (t) => {
  for (const [labels, bytes] of [
    ['train-labels-idx1-ubyte.gz', gzipSync(LABELS)],
    ['train-labels-idx1-ubyte', LABELS],
  ] as const) {
    const path = folderOf(t.testdir(), { 'train-images-idx3-ubyte.gz': gzipSync(IMAGES), [labels]: bytes });
    const table = await openTable(join(path, 'train-images-idx3-ubyte.gz'));
    t.strictSame(last(table), ['7', '2']);
  }
});

t.test('images without labels, and from memory, are rows alone', async (t) => {
  const path = folderOf(t.testdir(), { 'train-images-idx3-ubyte': IMAGES });
  t.equal((await openTable(join(path, 'train-images-idx3-ubyte'))).columns.length, 4);
  t.equal((await openTable(IMAGES)).columns.length, 4);
});

t.test('every type of IDX is read', async (t) => {
  const cells = Buffer.alloc(8);
  cells.writeInt16BE(-2, 0);
  cells.writeInt16BE(300, 2);
  t.strictSame(numbers(await openTable(idxFile(11, [2, 1], cells.subarray(0, 4)))), [[-2], [300]]);
  cells.writeInt32BE(-70_000, 0);
  t.strictSame(numbers(await openTable(idxFile(12, [1, 1], cells.subarray(0, 4)))), [[-70_000]]);
  cells.writeFloatBE(0.5, 0);
  t.strictSame(numbers(await openTable(idxFile(13, [1, 1], cells.subarray(0, 4)))), [[0.5]]);
  cells.writeDoubleBE(0.1, 0);
  t.strictSame(numbers(await openTable(idxFile(14, [1, 1], cells))), [[0.1]]);
  t.strictSame(numbers(await openTable(idxFile(9, [2, 1], Buffer.of(255, 1)))), [[-1], [1]]);
});

t.test('IDX files that are cut, too long, or of other rows than their labels are refused', async (t) => {
  for (let length = 4; length < IMAGES.length; length++) {
    await t.rejects(openTable(IMAGES.subarray(0, length)), { code: 'ERR_DATA' });
  }
  const path = folderOf(t.testdir(), {
    'a-images-idx3-ubyte': IMAGES,
    'a-labels-idx1-ubyte': idxFile(8, [3], Buffer.of(1, 2, 3)),
  });
  await t.rejects(openTable(join(path, 'a-images-idx3-ubyte')), {
    message: /labels-idx1-ubyte to have a label for each of the 2 rows of .*images-idx3-ubyte, got 3$/,
  });
  await t.rejects(openTable(idxFile(8, [0, 4], Buffer.alloc(0))), { message: /got 0 × 4 cells$/ });
});
