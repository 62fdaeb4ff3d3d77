// What a column's name is: how names in files and names that users give are brought together, and how one option
// names several columns. Knows nothing of tables or of what columns hold.

const NOT_ASCII = /[^\0-\x7f]/;
/** White space of any alphabet, and what cannot be seen at all: zero-width characters and byte-order marks. */
const BLANK = /[\s\u200b-\u200d\u2060\ufeff]/;

/** A cell's text without the blanks around it, letters with accents in their composed form (NFC). */
export function cleanText(text: string): string {
  if (!NOT_ASCII.test(text)) return text.trim();
  return trimmed(text).normalize('NFC');
}

/** From both ends in, because a pattern at the end would be tried from every blank within. */
function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && BLANK.test(text[start]!)) start++;
  while (end > start && BLANK.test(text[end - 1]!)) end--;
  return text.slice(start, end);
}

/** What two names share that look alike to people: any run of white space counts as one blank. */
export function foldedName(name: string): string {
  return cleanText(name).replace(/\s+/g, ' ');
}

/**
 * The names in a list such as `a,b`: separated by commas as the cells of a CSV row are, so that a name in double quotes
 * may hold a comma, and a quote where it is doubled.
 */
export function splitNames(list: string): string[] {
  const names: string[] = [];
  let rest = list;
  for (;;) {
    const [all, quoted, bare = ''] = NEXT_NAME.exec(rest)!;
    names.push(quoted === undefined ? bare.trim() : quoted.replaceAll('""', '"'));
    if (all.length === rest.length) return names;
    rest = rest.slice(all.length + 1);
  }
}

/** One name up to the comma after it, or the end: in quotes, or else anything. */
const NEXT_NAME = /^(?:\s*"((?:[^"]|"")*)"\s*(?=,|$)|([^,]*))/;
