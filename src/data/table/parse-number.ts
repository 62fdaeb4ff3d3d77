// Where the text of a cell becomes a number: a plain decimal. Other ways to write numbers are number-format.ts's.

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const INFINITE = /^[+-]?inf(?:inity)?$/i;

/** The decimal number a text says, ±Infinity where it says so or overflows, NaN for anything else. */
export function parseNumber(text: string): number {
  if (NUMBER.test(text)) return Number(text);
  if (INFINITE.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number.NaN;
}
