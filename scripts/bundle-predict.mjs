// Bundles tutti/predict: a module for any JavaScript, beside it files of what few ask for, which it imports when it is asked for
// that, and the kernels in the form in which any page may have them.

import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';

/** Modules whose classes users see: `console.log` of a row says what it is. */
const NAMED = /(?:api[\\/]predicted-rows|portable[\\/]portable-ensemble)\.js$/;

/** A module whose classes keep their names where names are made short. */
function named(path) {
  const text = readFileSync(path, 'utf8');
  const names = [...text.matchAll(/^export class (\w+)/gm)].map(([, name]) => name);
  return (
    text + names.map((name) => `\nObject.defineProperty(${name}, 'name', { value: '${name}' });`).join('')
  );
}

/** A module with what it imports late, as zod's size makes it, imported with it: esbuild wraps whatever is imported both ways. */
function atOnce(path) {
  const text = readFileSync(path, 'utf8');
  const late = [...new Set([...text.matchAll(LATE)].map(([, module]) => module))];
  const imports = late.map((module, at) => `import * as late${at} from '${module}';\n`);
  return imports.join('') + text.replace(LATE, (_, module) => `late${late.indexOf(module)}`);
}

const LATE = /await import\('([^']+)'\)/g;

const PREDICT_ENTRY = 'dist/src/entry-points/predict.js';

/** What is imported late; see src/portable. */
const LATER = /[\\/](portable[\\/]later|preprocessing[\\/]records|(neighbours|trees)[\\/]predictor)\.js$/;

/** Files of kernels, which the module asks for by their addresses. */
const KERNELS = ['emulated.wasm', 'fused.wasm', 'strict.wasm'];

/** Bundles the entry point to dist/lib/predict.js and files beside it. @returns its metafile. */
export async function bundlePredict(root) {
  const checks = join(root, 'dist/src/portable/checks.js');
  const entry = join(root, PREDICT_ENTRY);
  const { metafile } = await esbuild.build({
    ...{ absWorkingDir: root, entryPoints: [PREDICT_ENTRY], outdir: 'dist/lib', metafile: true },
    // All in one folder, where the kernels are.
    ...{ splitting: true, chunkNames: 'predict-[name]-[hash]' },
    ...{ bundle: true, minify: true, format: 'esm', platform: 'browser', target: 'es2022', charset: 'utf8' },
    legalComments: 'none',
    plugins: [
      {
        name: 'one',
        // What is imported late has all of the rest beside it: else each would share another part with it, in a file of its own.
        setup(build) {
          build.onResolve({ filter: /^all-the-rest$/ }, () => ({ path: entry, sideEffects: true }));
          build.onLoad({ filter: LATER }, ({ path }) => ({
            contents: `import 'all-the-rest';${readFileSync(path, 'utf8')}`,
          }));
        },
      },
      {
        name: 'checks',
        // The same schemas, checked by a fortieth of the code.
        setup(build) {
          build.onResolve({ filter: /\/zod\.js$/ }, () => ({ path: checks }));
          build.onLoad({ filter: NAMED }, ({ path }) => ({ contents: named(path) }));
          build.onLoad({ filter: /bundle[\\/]read-bundle\.js$/ }, ({ path }) => ({ contents: atOnce(path) }));
        },
      },
    ],
  });
  for (const file of KERNELS)
    copyFileSync(join(root, 'dist/src/portable', file), join(root, 'dist/lib', file));
  return metafile;
}
