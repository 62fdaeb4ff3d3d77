// When two labels are the same class: the one rule that training, prediction, evaluation and measurement share, for
// targets, predicted labels, the classes in column names and the categories of features alike.
// A label is a text; which cells of a column are labels, and which are missing, is not known here.

/** A decimal number: sign, digits before the point, digits after it, exponent. */
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i;
const NOT_ASCII = /[^\0-\x7f]/;
const WHOLE = /^-?(?:0|[1-9]\d*)$/;

/**
 * What a label says, however it is written: labels are one class when this is the same text.
 *
 * Numbers are written out in plain digits, so that 1, 1.0, +1. and 1e0 are one label, and so are .5, 0.5 and 5e-1;
 * never through a double, so that integers of any length stay apart. Zeros that a number does not need are taken
 * as meant: 01 is a code and not 1, and 3.10 is a version and not 3.1 (3.0 is 3). Any other text is itself, in
 * Unicode's composed form (NFC).
 */
export function labelOf(text: string): string {
  if (NOT_ASCII.test(text)) return text.normalize('NFC');
  const parts = DECIMAL.exec(text);
  if (parts === null) return text;
  const [, sign, before = '', after = '', exponent = '0'] = parts;
  if (before + after === '' || /^0\d/.test(before)) return text;
  const digits = writtenOut(before, after, Number(exponent));
  return sign === '-' && /[1-9]/.test(digits) ? `-${digits}` : digits;
}

/** The digits with their point moved by the exponent; no zeros in front, and no fraction of zeros alone. */
function writtenOut(before: string, after: string, exponent: number): string {
  const digits = before + after;
  const point = before.length + exponent;
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '';
  const fraction = point < 0 ? '0'.repeat(-point) + digits : digits.slice(point);
  const front = whole.replace(/^0+/, '') || '0';
  return /[1-9]/.test(fraction) ? `${front}.${fraction}` : front;
}

/**
 * The distinct labels among texts, named and in order: by number where all are numbers, else by code unit. Where all
 * are whole numbers a class is named by its plain digits (1 for 1.0), else by its shortest spelling.
 *
 * @param texts none of them missing; a text may come again and again
 */
export function classesOf(texts: Iterable<string>): string[] {
  const spelling = new Map<string, string>();
  for (const text of texts) {
    const label = labelOf(text);
    const known = spelling.get(label);
    if (known === undefined || isSimpler(text, known)) spelling.set(label, text);
  }
  const labels = [...spelling.keys()];
  return sortedLabels(labels.every((label) => WHOLE.test(label)) ? labels : [...spelling.values()]);
}

function isSimpler(text: string, than: string): boolean {
  return text.length < than.length || (text.length === than.length && text < than);
}

/** Labels in ascending order: by number where all are numbers, else by code unit. */
export function sortedLabels(labels: Iterable<string>): string[] {
  const all = [...labels];
  const numeric = all.every((label) => Number.isFinite(Number(label)));
  return all.sort((a, b) => (numeric ? compareNumbers(a, b) : 0) || (a < b ? -1 : a > b ? 1 : 0));
}

/** By value: doubles tell most apart, and whole numbers too long for them are compared digit by digit. */
function compareNumbers(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  if (difference !== 0 || a === b) return difference;
  const [wholeA, wholeB] = [labelOf(a), labelOf(b)];
  if (!WHOLE.test(wholeA) || !WHOLE.test(wholeB)) return 0;
  return Number(BigInt(wholeA) - BigInt(wholeB));
}

/** From a text to the index of its class; undefined for a label that is none of them. */
export function labeller(classes: readonly string[]): (text: string) => number | undefined {
  // Each name by itself too: bundles of earlier versions may hold two names of one label, such as 1 and 1.0.
  const named = new Map(classes.map((name, index) => [name, index]));
  const labelled = new Map(classes.map((name, index) => [labelOf(name), index] as const).reverse());
  return (text) => named.get(text) ?? labelled.get(labelOf(text));
}
