// Standard output and standard error of the commands: results go to the first, everything said about
// the work (progress, notes, errors) to the second. The one module that imports picocolors.

import { once } from 'node:events';
import colours from 'picocolors';

type Style = (text: string) => string;

/** Styles for one stream; plain text unless it is a terminal and NO_COLOR is unset. */
export interface Palette {
  readonly bold: Style;
  readonly dim: Style;
  readonly red: Style;
  readonly green: Style;
  readonly yellow: Style;
  readonly cyan: Style;
}

/** The palette of a stream. Each stream is asked for itself, so a pipe beside a terminal stays plain. */
export function paletteOf(stream: { readonly isTTY?: boolean }): Palette {
  const off = process.env.NO_COLOR !== undefined && process.env.NO_COLOR !== '';
  return colours.createColors(stream.isTTY === true && !off && process.env.TERM !== 'dumb');
}

/** Standard output itself; see {@link keepStandardOutput}. */
const writeResult = process.stdout.write.bind(process.stdout);

/**
 * From now on only this module writes to standard output. What anything else in the process writes there, such as a
 * learner that says console.log while it predicts, would stand amid the results: it goes to standard error.
 */
export function keepStandardOutput(): void {
  process.stdout.write = process.stderr.write.bind(process.stderr);
}

/** Writes a result to standard output. */
export function print(text: string): void {
  writeResult(`${text}\n`);
}

/** Writes a piece of a long result to standard output; resolves when there is room for the next. */
export async function printPiece(text: string): Promise<void> {
  if (!writeResult(text)) await once(process.stdout, 'drain');
}

/** Says something about the work on standard error. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Prints one JSON object: `--json` promises nothing else on standard output. */
export function printJson(value: object): void {
  print(JSON.stringify(value));
}

/** A reader that went away (`tutti … | head`) is no failure: stop without a word, as pipes expect. */
export function quietBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit(process.exitCode ?? 0);
    });
  }
}
