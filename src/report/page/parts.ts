// What sections are made of: figures with their numbers, tables, lists of facts and of notes.

import { visible } from '../../plain-text.js';
import { html, type Markup, raw } from './markup.js';

/** A cell of numbers that were drawn; null where there is none. */
export type NumberCell = string | number | null;

/** The numbers of a figure as a table, to be saved as CSV. */
export interface NumberTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly NumberCell[])[];
}

export interface PageFigure {
  /** Of its address and of its files. */
  readonly id: string;
  readonly title: string;
  /** What is to be seen in it, in words. */
  readonly caption: string;
  readonly svg: string;
  readonly numbers: NumberTable;
}

export function figureMarkup({ id, title, caption, svg, numbers }: PageFigure): Markup {
  return html`<figure id="figure-${id}"><h3>${title}</h3>${raw(svg)}<figcaption><p>${caption}</p></figcaption>
<details><summary>Numbers as CSV</summary><pre tabindex="0" role="region" aria-label="Numbers of ${title}">${raw(csvMarkup(numbers))}</pre><button type="button" class="save" value="${id}.csv" hidden>Save ${id}.csv</button></details></figure>`;
}

/**
 * Figures beside each other where there is room; nothing for none.
 * @param packed column by column without gaps, for figures of different heights.
 */
export function figuresMarkup(figures: readonly (PageFigure | null)[], packed = false): Markup | null {
  const there = figures.filter((figure) => figure !== null);
  return there.length === 0
    ? null
    : html`<div class="figures${packed ? ' packed' : ''}">${there.map(figureMarkup)}</div>`;
}

/** The lines of a CSV file. */
export function csvText({ head, rows }: NumberTable): string {
  return [head, ...rows].map((row) => `${row.map(csvCell).join(',')}\n`).join('');
}

function csvMarkup(numbers: NumberTable): string {
  const lines = csvText(numbers).split('\n');
  return lines.map((line) => html`${line}`.markup).join('\n');
}

function csvCell(cell: NumberCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(Number(cell.toPrecision(6))) : '';
  const text = visible(cell);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export interface Column {
  readonly title: string;
  /** Numbers stand to the right. @default true but in the first column */
  readonly number?: boolean;
}

export interface TableRow {
  readonly cells: readonly (string | Markup)[];
  /** The one that the table is about. */
  readonly main?: boolean;
}

/** A table whose first column says what its rows are; it scrolls by itself where it is too wide. */
export function tableMarkup(caption: string, columns: readonly Column[], rows: readonly TableRow[]): Markup {
  const kind = (at: number) => ((columns[at]?.number ?? at > 0) ? raw(' class="number"') : null);
  const head = columns.map(({ title }, at) => html`<th scope="col"${kind(at)}>${title}</th>`);
  const body = rows.map(({ cells, main }) => {
    const [first, ...others] = cells;
    const rest = others.map((cell, at) => html`<td${kind(at + 1)}>${cell}</td>`);
    return html`<tr${main === true ? raw(' class="main"') : null}><th scope="row">${first}</th>${rest}</tr>\n`;
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** Names and what they are. */
export function factsMarkup(facts: readonly (readonly [string, string | Markup])[]): Markup {
  return html`<dl>${facts.map(([name, what]) => html`<dt>${name}</dt><dd>${what}</dd>`)}</dl>`;
}

export interface PageNote {
  readonly kind: 'good' | 'warn' | 'bad' | 'plain';
  readonly text: string;
}

/** Sentences set apart; nothing for none. */
export function notesMarkup(notes: readonly PageNote[]): Markup | null {
  if (notes.length === 0) return null;
  const items = notes.map(({ kind, text }) => html`<li class="${kind}">${text}</li>`);
  return html`<ul class="notes">${items}</ul>`;
}

/** What a section begins with, in words. */
export function lead(text: string): Markup {
  return html`<p class="lead">${text}</p>`;
}
