// Standard output and standard error of the commands: results go to the first, everything said about
// the work (progress, notes, errors) to the second. The one module that imports picocolors.

import { once } from 'node:events';
import colours from 'picocolors';
import { shortened, unicodeEscaped, visible } from '../../plain-text.js';
import { type Palette, PLAIN } from '../../report/palette.js';

/**
 * The palette of a stream, plain unless it is a terminal and NO_COLOR is unset, for text that {@link print} or {@link note} writes. Each stream is asked for itself, so a pipe
 * beside a terminal stays plain.
 */
export function paletteOf(stream: { readonly isTTY?: boolean }): Palette {
  if (!hasColours(stream)) return PLAIN;
  const style = (on: number, off: number) => (text: string) => `${mark(on)}${text}${mark(off)}`;
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
    cyan: style(36, 39),
  };
}

/** The same for text that goes to the stream as it is. */
export function rawPaletteOf(stream: { readonly isTTY?: boolean }): Palette {
  return colours.createColors(hasColours(stream));
}

function hasColours(stream: { readonly isTTY?: boolean }): boolean {
  const off = process.env.NO_COLOR !== undefined && process.env.NO_COLOR !== '';
  return stream.isTTY === true && !off && process.env.TERM !== 'dumb';
}

/**
 * Stands for an escape sequence until text is written, when every real one is made visible: whatever a file says cannot
 * contain it, since it is drawn anew by each process.
 */
const MARK = `\ue000${Math.random().toString(36).slice(2)}:`;
const MARKS = new RegExp(`${MARK}(\\d+);`, 'g');

function mark(code: number): string {
  return `${MARK}${code};`;
}

/** Beyond this a line helps nobody; the list of a thousand members' weights stays whole. */
const LONGEST_LINE = 20_000;
const LONGEST_NOTE = 2000;

/** A line as it may be written. */
function line(text: string, longest: number): string {
  return `${shortened(visible(text), longest).replace(MARKS, '\x1b[$1m')}\n`;
}

/** Standard output itself; see {@link keepStandardOutput}. */
let writeResult = process.stdout.write.bind(process.stdout);

/**
 * From now on only this module writes to standard output. What anything else in the process writes there, such as a
 * learner that says console.log while it predicts, would stand amid the results: it goes to standard error.
 */
export function keepStandardOutput(): void {
  process.stdout.write = process.stderr.write.bind(process.stderr);
}

/** Writes a line of a result to standard output; what cannot be seen in it, line breaks too, is written out. */
export function print(text: string): void {
  writeResult(line(text, LONGEST_LINE));
}

/** Writes text of several lines, such as a help. */
export function printText(text: string): void {
  for (const one of text.trimEnd().split('\n')) print(one);
}

/** Writes a piece of data to standard output, as it is but on a terminal; resolves when there is room for the next. */
export async function printPiece(text: string): Promise<void> {
  const shown = process.stdout.isTTY ? text.split('\n').map(visible).join('\n') : text;
  if (!writeResult(shown)) await once(process.stdout, 'drain');
}

/** Says something about the work on standard error, in a line. */
export function note(text: string): void {
  process.stderr.write(line(text, LONGEST_NOTE));
}

/** Says something of several lines. */
export function noteText(text: string): void {
  for (const one of text.trimEnd().split('\n')) note(one);
}

/** Prints one JSON object: `--json` promises nothing else on standard output. */
export function printJson(value: object): void {
  writeResult(`${unicodeEscaped(JSON.stringify(value))}\n`);
}

/** Nothing more is written: the process is ending. */
export function silenceOutput(): void {
  writeResult = () => true;
  process.stderr.write = () => true;
}

/** Resolves once what was printed has left the process, or cannot. */
export async function flushOutput(): Promise<void> {
  await new Promise<void>((resolve) => writeResult('', () => resolve()));
  await new Promise<void>((resolve) => process.stderr.write('', () => resolve()));
}

/**
 * What happens when nothing more can be written. A reader that went away (`tutti … | head`) is no failure: the process
 * stops without a word, as pipes expect. A full disk is one, in a line. Standard error has nobody to tell.
 */
export function watchOutputs(end: (status: number) => void): void {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') return end(Number(process.exitCode ?? 0));
    note(`${paletteOf(process.stderr).red('tutti:')} Cannot write to standard output: ${message}`);
    end(1);
  });
}
