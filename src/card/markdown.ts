// Markdown as text that is safe by construction: names of columns, classes and files are a user's, and stand in a card as
// they are, whatever signs they hold.

import { shortened, unicodeEscaped, visible } from '../plain-text.js';

/** Longer names say nothing more. */
const LONGEST = 120;

/** What Markdown, or HTML within it, would take for markup. */
const SIGNS = /[\\`*_{}[\]<>#|~&@]|:(?=\/\/)|(?<=www)\./g;

/** A text of others within a line. */
export function plain(text: string): string {
  return visible(shortened(text, LONGEST)).replace(SIGNS, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** A name as code: in as many backticks as it takes. */
export function code(name: string): string {
  // A bar would end the cell of a table, even within code.
  const text = visible(shortened(name, LONGEST)).replaceAll('|', '¦');
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const ticks = '`'.repeat(longest + 1);
  const space = text.startsWith('`') || text.endsWith('`') || text.trim() === '' ? ' ' : '';
  return `${ticks}${space}${text}${space}${ticks}`;
}

/** Lines of a program, whatever backticks they hold. */
export function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  // What turns letters round would show another program than there is.
  const lines = text.trimEnd().split('\n').map(unicodeEscaped);
  return `${fence}${language}\n${lines.join('\n')}\n${fence}`;
}

/** Cells are Markdown already; those of columns marked by a colon are figures, to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const names = head.map((name) => name.replace(/:$/, ''));
  const rules = head.map((name) => (name.endsWith(':') ? '--:' : '---'));
  return [names, rules, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

/** Parts with an empty line between them, without those that are empty. */
export function paragraphs(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join('\n\n');
}

/** A heading and what stands below it; nothing where that is nothing. */
export function section(title: string, ...parts: readonly (string | null)[]): string | null {
  const body = paragraphs(...parts);
  return body === '' ? null : `## ${title}\n\n${body}`;
}
