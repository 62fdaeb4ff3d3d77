// The same training as a program for Node.js, and its rows as the file that it reads.

import type { ClassArrays, Recipe } from './protocol.js';

/** The program. @param arithmetic of the plan; another would have other last bits. */
export function programOf(recipe: Recipe, arithmetic: string): string {
  const { dataset, members, hidden, epochs, bootstrap, seed } = recipe;
  return `import { readFileSync } from 'node:fs';
import { Dataset, trainEnsemble } from 'tutti';

const rows = JSON.parse(readFileSync('${dataset}.json', 'utf8'));
const ensemble = await trainEnsemble(Dataset.fromArrays(rows), {
  members: ${members},
  hidden: [${hidden}],
  epochs: ${epochs},
  resample: '${bootstrap ? 'bootstrap' : 'none'}',
  earlyStopping: 'none',
  arithmetic: '${arithmetic}',
  seed: ${seed},
});
console.log(ensemble.contentHash());`;
}

/** The rows as JSON, every number to its last bit. */
export function rowsText({ x, rows, features, labels, classes }: ClassArrays): string {
  return JSON.stringify({ x: Array.from(x), rows, features, labels: Array.from(labels), classes });
}

/** Gives the reader a file. */
export function saveFile(name: string, content: string | Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([content], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
