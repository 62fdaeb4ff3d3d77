// Text from files as a terminal may show it: names, labels, paths and messages of others can hold escape sequences, line
// breaks, characters that turn text round, and a megabyte in one name. Whatever is printed, and every
// message of an error, goes through here.

/** C0 and C1 controls, DEL, what makes or turns lines, and what has no width; joiners, which names need, stay. */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

const NAMES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The text on one line, with what cannot be seen written out: `\x1b[2J`, `\u202e`. */
export function visible(text: string): string {
  return text.replace(UNSEEN, escaped);
}

/** Longer messages help nobody: a name in them is a megabyte. */
const LONGEST_MESSAGE = 1600;
/** What is kept of the end of one that is cut: it says where. */
const MESSAGE_END = 400;

/** Who one is at a URL, up to the last @ before its path; and what URLs of databases say of it behind their ?. */
const USER_OF_URL = /(\b[a-z][a-z\d+.-]{1,31}:\/{1,3})[^\s/?#]*@/gi;
const PASSWORD_OF_URL = /([?&](?:password|passwd|pwd|secret|token|auth|sslpassword)=)[^&\s#"'`]*/gi;

/** A text with the names and passwords taken out of its URLs: `redis://host:6379`. */
export function withoutCredentials(text: string): string {
  return text.replace(USER_OF_URL, '$1').replace(PASSWORD_OF_URL, '$1…');
}

/**
 * A message of an error, whatever names it repeats: on as many lines as it has, without its middle where it is long, and without
 * credentials in URLs.
 */
export function visibleMessage(message: string): string {
  const lines = withoutCredentials(message).replace(UNSEEN, (character) =>
    character === '\n' ? character : escaped(character),
  );
  if (lines.length <= LONGEST_MESSAGE) return lines;
  return `${lines.slice(0, LONGEST_MESSAGE - MESSAGE_END)} […] ${lines.slice(-MESSAGE_END)}`;
}

/** The same in pure ASCII escapes that JSON and JavaScript read back. */
export function unicodeEscaped(text: string): string {
  return text.replace(UNSEEN, (character) => `\\u${hex(character, 4)}`);
}

/** Its first characters, and how many there were. */
export function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest)}… (${text.length} characters)`;
}

function escaped(character: string): string {
  const short = character.charCodeAt(0) < 0x100;
  return NAMES[character] ?? (short ? `\\x${hex(character, 2)}` : `\\u${hex(character, 4)}`);
}

function hex(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, '0');
}
