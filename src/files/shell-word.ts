// Text as one word of a POSIX shell.

/** For commands that are shown to be typed: bare where nothing in it means anything to a shell. */
export function quoted(text: string): string {
  return /^[\w./:@%+,=-]+$/.test(text) ? text : inQuotes(text);
}

/** For scripts, whatever it is. */
export function inQuotes(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
