// Images of one size as rows, plane by plane: cells are 0 to 255 whatever the bits of their files.

import { requireMemory } from '../../machine/memory-limit.js';
import type { Column } from '../table/column.js';
import { NumberColumn } from '../table/number-column.js';
import type { ImageSize } from '../table/table.js';
import { refuseColumns } from '../table/table-limits.js';
import { ROW_PREFIX } from './npy.js';
import type { PngImage } from './png.js';
import { fileError } from './reader.js';

/** Of 16 bits, as 65535 / 255. */
const STEPS_OF_16_BITS = 257;

export class ImageRows {
  readonly size: ImageSize;
  readonly #source: string;
  readonly #rows: number;
  /** Whether opacity is a plane; else every image is opaque. */
  readonly #opacity: boolean;
  readonly #first: PngImage;
  readonly #firstFile: string;
  /** Column by column. Floats where some file has 16 bits. */
  #cells: Uint8Array | Float32Array;

  /**
   * @param rows how many images there will be
   * @param first the image that the others are to be like, of `firstFile`
   * @throws ERR_DATA for images with more cells than a table may have columns; ERR_MEMORY
   */
  constructor(source: string, rows: number, opacity: boolean, first: PngImage, firstFile: string) {
    this.#source = source;
    this.#rows = rows;
    this.#opacity = opacity && hasOpacity(first);
    this.#first = first;
    this.#firstFile = firstFile;
    const channels = coloursOf(first) + (this.#opacity ? 1 : 0);
    this.size = { channels, height: first.height, width: first.width };
    const features = channels * first.height * first.width;
    refuseColumns(source, features, undefined);
    const bytes = rows * features * (first.most === 255 ? 1 : 4);
    const part = { use: `for ${rows} images`, bytes, remedy: 'fewer or smaller images need less' };
    requireMemory([part], `Reading ${source}`);
    this.#cells = first.most === 255 ? new Uint8Array(rows * features) : new Float32Array(rows * features);
  }

  /**
   * @returns false for an image that one can look through, where opacity is no plane
   * @throws ERR_DATA naming an image that is of another size, or of other colours, than the first
   */
  put(row: number, image: PngImage, file: string): boolean {
    const { height, width } = this.size;
    if (image.width !== width || image.height !== height) {
      this.#fail(file, `${width} × ${height} pixels`, `${image.width} × ${image.height}`);
    }
    if (coloursOf(image) !== coloursOf(this.#first)) {
      this.#fail(file, colourWords(this.#first), colourWords(image));
    }
    if (!this.#opacity && !isOpaque(image)) {
      if (hasOpacity(this.#first)) return false;
      this.#fail(file, 'opaque', 'one with pixels to look through');
    }
    if (this.#opacity && !hasOpacity(image)) this.#fail(file, 'of some opacity', 'one without');
    if (image.most !== 255 && this.#cells instanceof Uint8Array) this.#cells = Float32Array.from(this.#cells);
    this.#write(row, image);
    return true;
  }

  /** `x0`, `x1`, …: planes one after the other, each row by row. */
  columns(): Column[] {
    const rows = this.#rows;
    return Array.from(
      { length: this.#cells.length / rows },
      (_, at) => new NumberColumn(`${ROW_PREFIX}${at}`, this.#cells, { rows, offset: at * rows }),
    );
  }

  #write(row: number, { samples, channels: step, most }: PngImage): void {
    const { channels, height, width } = this.size;
    const [pixels, cells, rows] = [height * width, this.#cells, this.#rows];
    const scale = most === 255 ? 1 : STEPS_OF_16_BITS;
    for (let c = 0, at = row; c < channels; c++) {
      for (let pixel = 0, from = c; pixel < pixels; pixel++, from += step, at += rows) {
        cells[at] = samples[from]! / scale;
      }
    }
  }

  #fail(file: string, expected: string, got: string): never {
    const as = `as ${this.#firstFile} is`;
    throw fileError(this.#source, `Expected ${file} to be ${expected}, ${as}, got ${got}`);
  }
}

function hasOpacity({ channels }: PngImage): boolean {
  return channels === 2 || channels === 4;
}

function coloursOf(image: PngImage): number {
  return image.channels - (hasOpacity(image) ? 1 : 0);
}

function colourWords(image: PngImage): string {
  return coloursOf(image) === 1 ? 'grey' : 'of colours';
}

function isOpaque(image: PngImage): boolean {
  if (!hasOpacity(image)) return true;
  const { samples, channels, most } = image;
  for (let at = channels - 1; at < samples.length; at += channels) if (samples[at] !== most) return false;
  return true;
}
