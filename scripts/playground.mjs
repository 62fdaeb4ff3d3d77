// Builds the playground: docs/playground/index.html, one file with the page, its worker, the kernels and the rows in it.
// The worker is the same modules as everywhere; of Node.js it has the few that stand in for what a browser lacks.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

/** Modules that know of Node.js, by their paths in dist/src, and what a browser has in their place. */
const STAND_INS = { 'kernels/native-addon': 'native-addon' };

/** Of the 1797, so that a training takes seconds. */
const DIGITS = 700;

/** What is imported late and needed here; the rest (checkpoints, learners, zod) no training of the playground asks for. */
const LATE = /engines\/wasm\//;

function standIns(root) {
  const src = join(root, 'dist/src');
  const own = (name) => ({ path: join(src, 'playground/stand-ins', `${name}.js`) });
  return {
    name: 'stand-ins',
    setup(build) {
      build.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'absent' }));
      build.onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
        const module = relative(src, join(resolveDir, path)).replaceAll('\\', '/').replace(/\.js$/, '');
        if (STAND_INS[module] !== undefined) return own(STAND_INS[module]);
        const isAbsent = kind === 'dynamic-import' && !LATE.test(module);
        return isAbsent ? { path, namespace: 'absent' } : undefined;
      });
      build.onLoad({ filter: /.*/, namespace: 'absent' }, ({ path }) => ({
        contents: `module.exports = new Proxy({}, { get: (_, name) => () => { throw new Error('The playground has no ${path}: ' + String(name)); } });`,
      }));
    },
  };
}

/** One script for browsers, as text. */
export async function bundleScript(root, options) {
  const { outputFiles, metafile } = await esbuild.build({
    ...{ absWorkingDir: root, write: false, charset: 'utf8', metafile: true, logLevel: 'error' },
    ...{ bundle: true, minify: true, format: 'iife', target: 'es2022', legalComments: 'none' },
    ...options,
  });
  // It stands in an element of a page.
  return { text: outputFiles[0].text.trim().replaceAll('</', '<\\/'), metafile };
}

/** The script of the workers, as text. */
export async function bundleWorker(root) {
  return bundleScript(root, {
    entryPoints: ['dist/src/playground/worker.js'],
    inject: ['dist/src/playground/stand-ins/globals.js'],
    platform: 'browser',
    plugins: [standIns(root)],
  });
}

/** The rows that the worker has, as a module of text; see src/playground/embedded.d.ts. */
export function embedRows(root) {
  const lines = (name) =>
    readFileSync(join(root, 'data', name), 'utf8')
      .trim()
      .split(/\r?\n/)
      .slice(1);
  const rows = {
    iris: lines('iris.csv').join('\n'),
    digits: lines('digits.csv').slice(0, DIGITS).join('\n'),
  };
  const text = `export const embeddedRows = ${JSON.stringify(rows)};\n`;
  writeFileSync(join(root, 'dist/src/playground/embedded.js'), text);
}

/** Writes the page. */
export async function buildPlayground(root) {
  const page = { entryPoints: ['src/playground/client/main.ts'] };
  const [client, worker] = await Promise.all([bundleScript(root, page), bundleWorker(root)]);
  const { playgroundPage } = await import(pathToFileURL(join(root, 'dist/src/playground/page.js')).href);
  mkdirSync(join(root, 'docs/playground'), { recursive: true });
  writeFileSync(join(root, 'docs/playground/index.html'), playgroundPage(client.text, worker.text));
}
