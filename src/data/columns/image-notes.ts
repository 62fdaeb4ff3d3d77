// What is said of rows that are images: how the option `image` would be written, since only the user knows whether they are to
// be seen so.

import type { Table } from '../table/table.js';

/** One note where a file says that its rows are images. */
export function imageNotes({ image }: Table): string[] {
  if (image === undefined) return [];
  const { channels, height, width } = image;
  const size = channels === 1 ? `${height}x${width}` : `${channels}x${height}x${width}`;
  return [`the rows are images: \`image\` ${size} lets convolutions and tangents see them so`];
}
