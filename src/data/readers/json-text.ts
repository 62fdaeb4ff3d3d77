// What JSON.parse does not tell of a flat record: which key is there twice, and the digits of numbers that a double has
// no room for. Walks over texts instead of matching them, since one may be as long as a file.

/** The same JSON with such numbers as texts, so that they stay what they are, as in a CSV file. */
export function withExactIntegers(json: string): string {
  let exact = '';
  for (const { text, quoted } of piecesOf(json)) {
    exact += quoted ? text : text.replace(LONG_INTEGERS, '"$&"');
  }
  return exact;
}

/** Whole numbers of more digits than all doubles keep. */
const LONG_INTEGERS = /(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/** The first key that is there again, as the file writes it; null where the same key is written in two ways. */
export function repeatedKey(json: string): string | null {
  const seen = new Set<string>();
  let before = '';
  for (const { text, quoted } of piecesOf(json)) {
    if (!quoted && before !== '' && /^\s*:/.test(text)) {
      if (seen.has(before)) return before;
      seen.add(before);
    }
    before = quoted ? text : '';
  }
  return null;
}

/** Texts in their quotes, and what is between them. */
function* piecesOf(json: string): Generator<{ readonly text: string; readonly quoted: boolean }> {
  for (let at = 0; at < json.length; ) {
    const start = json.indexOf('"', at);
    yield { text: json.slice(at, start < 0 ? json.length : start), quoted: false };
    if (start < 0) return;
    at = endOfText(json, start);
    yield { text: json.slice(start, at), quoted: true };
  }
}

/** Where the text that starts at a quote is over. */
function endOfText(json: string, start: number): number {
  for (let end = start + 1; ; end++) {
    end = json.indexOf('"', end);
    if (end < 0) return json.length;
    let escapes = 0;
    while (json[end - 1 - escapes] === '\\') escapes++;
    if (escapes % 2 === 0) return end + 1;
  }
}
