// What every section of the report is, and how figures stand in its texts.

import type { Markup } from '../page/markup.js';
import { html } from '../page/markup.js';
import type { Estimate, PageData, SetData } from '../page/page-data.js';
import type { PageFigure } from '../page/parts.js';
import { percent, figure as plainFigure } from '../words.js';

export interface ReportSection {
  readonly id: string;
  readonly title: string;
  readonly content: Markup;
  /** Those in the content, to be written as files too. */
  readonly figures: readonly PageFigure[];
}

/** A section of the report, from all of its data; null where there is nothing to say. */
export type SectionOf = (data: PageData) => ReportSection | null;

/** A figure as pages have it: with a minus that is as wide as a plus, and 0 for what rounding left of it. */
export function figure(value: number | null | undefined, digits = 4): string {
  const text = plainFigure(typeof value === 'number' && Math.abs(value) < ROUNDING ? 0 : value, digits);
  return text.replace(/^-/, '−').replace('e-', 'e−');
}

/** Far below what figures of any use can be. */
const ROUNDING = 1e-12;

export function shareText(value: number | null, decimals = 2): string {
  return value === null ? '–' : percent(value, decimals);
}

export type Written = 'share' | 'number';

export function valueText(value: number | null, written: Written): string {
  return written === 'share' ? shareText(value) : figure(value);
}

/** A figure with its interval below it. */
export function estimateMarkup(estimate: Estimate | null, written: Written): Markup | string {
  if (estimate === null) return '–';
  const { value, low, high } = estimate;
  const text = valueText(value, written);
  return low === null || high === null
    ? text
    : html`${text} <small>[${endText(low, written)}, ${endText(high, written)}]</small>`;
}

/** An end of an interval, in fewer digits. */
export function endText(value: number, written: Written): string {
  return written === 'share' ? percent(value, 1) : figure(value, 3);
}

export function estimateText(estimate: Estimate, written: Written): string {
  const { value, low, high } = estimate;
  const text = valueText(value, written);
  return low === null || high === null
    ? text
    : `${text} [${endText(low, written)}, ${endText(high, written)}]`;
}

/** 0.95 → `95 %`. */
export function levelText(level: number): string {
  return `${Number((100 * level).toPrecision(6))} %`;
}

/** An id that two sets of rows do not share: `outOfBag-roc`. */
export function idOf(set: SetData, id: string): string {
  return `${set.rowsFrom === 'heldOut' ? 'test' : 'oob'}-${id}`;
}

/** Where figures stand, as headings and captions have it: ` (test rows)`. */
export function whereText(set: SetData): string {
  return set.rowsFrom === 'heldOut' ? 'test rows' : 'training rows, out of bag';
}
