// MNIST's files (IDX): images, with the labels that lie beside them, or either alone.

import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Table } from '../table/table.js';
import { arrayColumns, arrayTable } from './array-columns.js';
import { isIdx, readIdxArray } from './idx-array.js';
import { ROW_PREFIX } from './npy.js';
import { withSource } from './open-source.js';
import { fileError, type SeekingReader } from './reader.js';

/** The column of labels. */
export const LABEL_COLUMN = 'label';

const IMAGES = /images([-.])idx3/i;

/** Names under which the labels of a file of images may lie beside it, packed or not; none for other files. */
function labelNames(name: string): string[] {
  if (!IMAGES.test(name)) return [];
  const labels = name.replace(IMAGES, (_, mark: string) => `labels${mark}idx1`);
  const plain = labels.replace(/\.gz$/i, '');
  return [...new Set([labels, plain, `${plain}.gz`])];
}

/**
 * The table of a file: `x0`, `x1`, … of images or other rows, or `label` where each row is one number.
 * @param labels of the rows, from the file beside it
 * @throws ERR_DATA for damaged files, and for labels of other rows
 */
function idxTable(
  file: Buffer,
  source: string,
  labels: { readonly bytes: Buffer; readonly source: string } | null,
): Table {
  const array = readIdxArray(file, source);
  const names = { prefix: ROW_PREFIX, single: LABEL_COLUMN };
  const table = arrayTable(source, arrayColumns(array, names, source));
  if (labels === null) return table;
  const beside = readIdxArray(labels.bytes, labels.source);
  if (beside.shape.length !== 1 || beside.shape[0] !== table.rows) {
    const message = `Expected ${labels.source} to have a label for each of the ${table.rows} rows of ${source}, got ${beside.shape.join(' × ')}`;
    throw fileError(labels.source, message);
  }
  return {
    ...table,
    columns: [...table.columns, ...arrayColumns(beside, names, labels.source).columns],
    remarks: [`the labels of ${labels.source} are the column \`${LABEL_COLUMN}\``],
  };
}

export const idx: SeekingReader = {
  name: 'idx',
  title: 'an IDX file, as of MNIST',
  extensions: ['idx1-ubyte', 'idx2-ubyte', 'idx3-ubyte', 'idx4-ubyte', '.idx'],
  options: [],
  sniff: isIdx,
  async read(source) {
    const labels = source.path === null ? null : await labelsBeside(source.path);
    const bytes = await source.whole();
    if (labels === null) return idxTable(bytes, source.name, null);
    return withSource(labels, async (beside) =>
      idxTable(bytes, source.name, { bytes: await beside.whole(), source: labels }),
    );
  },
};

async function labelsBeside(path: string): Promise<string | null> {
  for (const name of labelNames(basename(path))) {
    const beside = join(dirname(path), name);
    const found = await stat(beside).catch(() => null);
    if (found?.isFile() === true) return beside;
  }
  return null;
}
