// The pages of docs/guide and the scripts of scripts/examples of the same names: a page shows its script as it is, and
// below it what it prints. `guide-examples.js` writes both into the pages, and a test holds the pages against them.

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Scripts that need @tensorflow/tfjs-node. */
const TENSORFLOW = new Set(['tfjs']);

/** What a page shows: the whole block of code, and that of its output. */
export interface Shown {
  readonly code: string | null;
  readonly output: string | null;
}

const BLOCKS = /^```(ts|sh)\n([\s\S]*?)^```\n(?:([\s\S]*?)^```text\n([\s\S]*?)^```\n)?/m;

/** The first block of a page in TypeScript or shell, and the text below it. */
export function shownIn(page: string): Shown {
  const [, , code, , output] = BLOCKS.exec(page) ?? [];
  return { code: code ?? null, output: output ?? null };
}

/** The page with this code and this output in place of what it shows. */
export function withShown(page: string, { code, output }: Shown): string {
  return page.replace(BLOCKS, (_all, language: string, oldCode: string, between = '\n', oldOutput = '') => {
    const below = output ?? oldOutput;
    return `\`\`\`${language}\n${code ?? oldCode}\`\`\`\n${between}\`\`\`text\n${below}\`\`\`\n`;
  });
}

/** The file of a script. */
function fileOf(name: string): string {
  const script = join(ROOT, 'scripts/examples', name);
  return existsSync(`${script}.sh`) ? `${script}.sh` : `${script}.ts`;
}

/** A script without the comment at its head, which the page says at more length. */
export function codeOf(name: string): string {
  return readFileSync(fileOf(name), 'utf8').replace(/^(\/\/|#).*\n((\/\/|#).*\n)*\n/, '');
}

/** Whether the machine lacks what a script needs, and what that is. */
export function lacks(name: string): string | false {
  const there = existsSync(join(ROOT, 'node_modules/@tensorflow/tfjs-node'));
  const missing = TENSORFLOW.has(name) && !there && process.env.TUTTI_REQUIRE_TFJS !== '1';
  return missing ? '@tensorflow/tfjs-node is not installed' : false;
}

/**
 * Runs a script and returns what it prints.
 * @param folder where it runs: with `data`, `scripts` and, for those of the shell, `tutti` in its `bin`.
 */
export async function outputOf(name: string, folder: string): Promise<string> {
  const file = fileOf(name);
  const env = { ...process.env, NODE_OPTIONS: '', PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
  const options = { cwd: folder, env, maxBuffer: 2 ** 24 };
  const run = promisify(execFile);
  const { stdout } = file.endsWith('.sh')
    ? await run('sh', [file], options)
    : await run(process.execPath, [join(ROOT, 'dist/scripts/examples', `${name}.js`)], options);
  return stdout;
}

/** Where the scripts find what they need: the names that a folder to run them in has, and what each leads to. */
export const FOLDER: Readonly<Record<string, string>> = {
  data: join(ROOT, 'data'),
  scripts: join(ROOT, 'scripts'),
};
export const COMMAND = join(ROOT, 'dist/bin/tutti.js');
