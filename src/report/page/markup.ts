// HTML as text that is safe by construction: what is put into a template is escaped, unless it is markup itself. Names of
// columns and classes are a user's, and reach pages through here alone.

import { unicodeEscaped, visible } from '../../plain-text.js';
import { escapeText } from '../charts/escape-text.js';

/** Markup that is fit to stand in a page. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | number | null | undefined | readonly Part[];

/** A template of markup: html`<td>${name}</td>`. Lists are put one after another; null is nothing. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: texts.reduce((all, text, at) => `${all}${textOf(parts[at - 1])}${text}`) };
}

/** What is known to be markup, such as a drawing. */
export function raw(markup: string): Markup {
  return { markup };
}

/** Parts one after another. */
export function joined(parts: readonly Markup[]): Markup {
  return raw(parts.map(({ markup }) => markup).join(''));
}

function textOf(part: Part): string {
  if (part === null || part === undefined) return '';
  if (Array.isArray(part)) return part.map(textOf).join('');
  if (typeof part === 'object') return (part as Markup).markup;
  // A number stays with its percent sign.
  return escapeText(visible(String(part)).replace(/(\d) %/g, '$1\u00a0%'));
}

/** JSON inside a script element, where no text of it can end the element. */
export function jsonText(value: unknown): string {
  return unicodeEscaped(JSON.stringify(value).replaceAll('<', '\\u003c'));
}
