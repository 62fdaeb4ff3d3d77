// A folder of PNG images as a table: a row for each image, its label the folder that it lies in.

import { readBoundedFile } from '../../files/regular-file.js';
import { betweenBlocks } from '../../long-calls.js';
import { TextColumn } from '../table/column.js';
import type { Table } from '../table/table.js';
import { MOST_ROWS } from '../table/table-limits.js';
import { LABEL_COLUMN } from './idx.js';
import { type ImageFile, imageFiles } from './image-files.js';
import { ImageRows } from './image-rows.js';
import { decodePng, PNG_MAGIC, PngFault, type PngImage } from './png.js';
import { fileError, type ReadCall, type SeekingReader } from './reader.js';

/** A packed image of more bytes is none of at most 2²⁶ pixels. */
const MOST_BYTES = 2 ** 30;

/** Milliseconds of work between two turns of the event loop. */
const BLOCK_MS = 30;

/**
 * The table of a folder: `x0`, `x1`, … are the samples of each image, 0 to 255, plane by plane; `label` is the name of the
 * folder that it lies in, where images lie in folders. Opacity is a plane where some pixel is not opaque.
 * @throws ERR_DATA naming the image that is damaged, or unlike the first; ERR_FILE
 */
async function pngFolderTable(folder: string, call: ReadCall): Promise<Table> {
  const files = imageFiles(folder);
  if (files.length > MOST_ROWS) {
    throw fileError(folder, `Expected ${folder} to hold at most ${MOST_ROWS} images, got ${files.length}`);
  }
  const rows = (await rowsOf(folder, files, false, call)) ?? (await rowsOf(folder, files, true, call))!;
  const columns = rows.columns();
  if (files[0]!.label !== null) columns.push(labelsOf(files));
  return { source: folder, columns, rows: files.length, lines: new Uint32Array(0), image: rows.size };
}

/** @returns null where opacity turns out to be needed and is no plane */
async function rowsOf(
  folder: string,
  files: readonly ImageFile[],
  opacity: boolean,
  { signal, onProgress }: ReadCall,
): Promise<ImageRows | null> {
  let rows: ImageRows | null = null;
  let turn = performance.now();
  let bytes = 0;
  for (const [row, { path }] of files.entries()) {
    const file = readBoundedFile(path, { maxBytes: MOST_BYTES, pipes: false, name: path });
    bytes += file.length;
    const image = imageOf(file, path, folder);
    rows ??= new ImageRows(folder, files.length, opacity, image, path);
    if (!rows.put(row, image, path)) return null;
    if (performance.now() - turn < BLOCK_MS) continue;
    onProgress?.({ bytes, totalBytes: null, rows: row + 1 });
    await betweenBlocks(signal);
    turn = performance.now();
  }
  return rows;
}

/** An image alone is a table of one row. */
function imageTable(bytes: Buffer, source: string): Table {
  const image = imageOf(bytes, source, source);
  const put = (opacity: boolean): ImageRows | null => {
    const rows = new ImageRows(source, 1, opacity, image, source);
    return rows.put(0, image, source) ? rows : null;
  };
  const rows = put(false) ?? put(true)!;
  return { source, columns: rows.columns(), rows: 1, lines: new Uint32Array(0), image: rows.size };
}

/** @param source what the error is of: the file, or the folder that it lies in */
function imageOf(bytes: Buffer, file: string, source: string): PngImage {
  try {
    return decodePng(bytes);
  } catch (error) {
    if (!(error instanceof PngFault)) throw error;
    throw fileError(source, `Expected ${file} to be a whole PNG image, got ${error.message}`);
  }
}

function labelsOf(files: readonly ImageFile[]): TextColumn {
  // No word stands for no label here: NA is a folder's name.
  const column = new TextColumn(LABEL_COLUMN, (text) => text === '');
  for (const { label } of files) column.push(label!);
  return column;
}

export const png: SeekingReader = {
  name: 'png',
  title: 'a PNG image, or a folder of them',
  extensions: ['.png'],
  options: [],
  sniff: (start) => start.subarray(0, PNG_MAGIC.length).equals(PNG_MAGIC),
  read: async (source) => imageTable(await source.whole(), source.name),
  folder: {
    // Folders of labels may be called anything.
    sniff: (names) => names.length > 0,
    read: (path, _options, call) => pngFolderTable(path, call),
  },
};
