// Draws by Observable Plot: the one module that imports it, loaded when the first chart is wanted. What it gives is an SVG
// as text that has no style, script, class or id of its own, so that any number of them fit in a page; colours are
// variables (theme.ts).

import * as Plot from '@observablehq/plot';
import { visible } from '../../plain-text.js';
import { escapeText } from './escape-text.js';
import { document } from './svg-document.js';

export type { Markish, PlotOptions } from '@observablehq/plot';
export { Plot };

/** What a chart says to those who do not see it. */
export interface ChartText {
  /** What it is. */
  readonly title: string;
  /** What is to be seen in it, in words. */
  readonly description: string;
}

/** Of text in charts, in units of the drawing: large enough where a phone shows it at three quarters of its size. */
export const FONT_SIZE = 13;
/** Units a character takes, about. */
export const CHARACTER = 7.6;
/** Of a chart that stands beside another on a wide screen and alone on a phone. */
export const WIDTH = 460;

/** An SVG, as text. Numbers are rounded to hundredths, which no screen shows. */
export function drawn(text: ChartText, options: Plot.PlotOptions): string {
  const { width = WIDTH, height = 300, ...others } = options;
  const plot = Plot.plot({ document, width, height, ...others } as Plot.PlotOptions);
  const drawing = plot.innerHTML.replace(/<style>.*?<\/style>/gs, '').replace(/<[^>]+>/g, plainTag);
  const inner = visible(drawing);
  const size = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  const font = `font-family="system-ui, sans-serif" font-size="${FONT_SIZE}" text-anchor="middle"`;
  const words = `<title>${escapeText(visible(text.title))}</title><desc>${escapeText(visible(text.description))}</desc>`;
  const label = escapeText(visible(`${text.title}. ${text.description}`));
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${label}" ${size} ${font} fill="currentColor">${words}${inner}</svg>`;
}

/** Only drawings have such long numbers, and nothing in the tags of one is a user's. */
function plainTag(tag: string): string {
  return tag
    .replace(/ (?:aria-[a-z]+|class|id)="[^"]*"/g, '')
    .replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(2))));
}
