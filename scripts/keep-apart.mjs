// A transform of the AssemblyScript compiler: what a file of the kernels exports stays a function of its own unless it is
// marked @inline. Binaryen would inline whatever is called once, and tiles inlined into the loops around them run at half
// speed on Node.js 20, whose register allocator then spills their sums.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = 'src/kernels/assembly';
const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** As binaryen names them: by file and name. */
function functionsApart() {
  return readdirSync(join(root, folder)).flatMap((file) => {
    const text = readFileSync(join(root, folder, file), 'utf8');
    const functions = [...text.matchAll(/(@inline\n)?export function (\w+)/g)];
    return functions
      .filter(([, inline]) => inline === undefined)
      .map(([, , name]) => `${folder}/${basename(file, '.ts')}/${name}`);
  });
}

export default class KeepApart {
  afterCompile(module) {
    for (const name of functionsApart()) {
      this.binaryen.setPassArgument('no-inline', name);
      module.runPasses(['no-inline']);
    }
    this.binaryen.clearPassArguments();
  }
}
