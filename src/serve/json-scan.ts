// What of a JSON text is known before it is parsed: how deep it is, and how many keys it writes. Of a key that is written
// twice JSON.parse keeps the last and says nothing.

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a] as const;
const [OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [0x5b, 0x5d, 0x7b, 0x7d] as const;

export interface JsonScan {
  /** Brackets within brackets, at most. */
  readonly depth: number;
  /** Colons outside of texts: of a well-formed text as many as keys. */
  readonly keys: number;
}

/** @param mostDepth at which it ends. */
export function scanJson(bytes: Uint8Array, mostDepth: number): JsonScan {
  let [depth, deepest, keys] = [0, 0, 0];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) at = endOfText(bytes, at + 1);
    else if (byte === COLON) keys++;
    else if (byte === OPEN || byte === OPEN_LIST) {
      if (++depth <= deepest) continue;
      deepest = depth;
      if (deepest > mostDepth) break;
    } else if (byte === CLOSE || byte === CLOSE_LIST) depth--;
  }
  return { depth: deepest, keys };
}

/** The place of the quote that ends a text; behind the end where none does. */
function endOfText(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}
