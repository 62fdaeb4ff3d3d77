// Which files of a folder are the images of a table: those right in it, or those of its folders, whose names are labels.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { failRead } from '../../files/regular-file.js';
import { fileError } from './reader.js';

export interface ImageFile {
  readonly path: string;
  /** The name of its folder; null where images lie right in the folder given. */
  readonly label: string | null;
}

const IMAGE = /\.png$/i;
/** Images of other kinds among them would be missed without a word. */
const STRANGER = /\.(?:jpe?g|gif|bmp|webp|tiff?|avif|heic|ppm|pgm|svg)$/i;

/**
 * The images by label and name, in the order of their characters, so that every machine has the same rows. What begins with
 * a point and what is no image is passed over.
 * @throws ERR_DATA for images of other kinds, for a folder without images, and for images both in it and in its folders;
 * ERR_FILE for what cannot be looked into
 */
export function imageFiles(folder: string): ImageFile[] {
  const top = listed(folder, folder);
  if (top.folders.length > 0 && top.images.length > 0) {
    const got = `both ${JSON.stringify(top.images[0])} and a folder ${JSON.stringify(top.folders[0])}`;
    throw fileError(folder, `Expected ${folder} to have images, or folders of images by label, got ${got}`);
  }
  const files = top.images.map((name): ImageFile => ({ path: join(folder, name), label: null }));
  for (const label of top.folders) {
    const path = join(folder, label);
    const { images, folders } = listed(path, folder);
    if (folders.length > 0) {
      const got = `a folder in it, ${JSON.stringify(folders[0])}`;
      throw fileError(folder, `Expected ${path} to hold the images of a label, got ${got}`);
    }
    if (images.length === 0) {
      throw fileError(folder, `Expected ${path} to hold the images of a label, got no PNG image`);
    }
    for (const name of images) files.push({ path: join(path, name), label });
  }
  if (files.length > 0) return files;
  throw fileError(folder, `Expected ${folder} to hold PNG images, or folders of them by label, got none`);
}

function listed(path: string, folder: string): { images: string[]; folders: string[] } {
  const images: string[] = [];
  const folders: string[] = [];
  for (const name of namesIn(path)) {
    if (name.startsWith('.')) continue;
    if (isFolder(join(path, name))) folders.push(name);
    else if (IMAGE.test(name)) images.push(name);
    else if (STRANGER.test(name)) {
      throw fileError(folder, `Expected ${path} to hold PNG images, got ${JSON.stringify(name)}`);
    }
  }
  return { images, folders };
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    return failRead(path, error);
  }
}

function isFolder(path: string): boolean {
  // A link that leads nowhere is found out where it is read.
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
