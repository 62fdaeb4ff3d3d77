// A chart in a figure of a page, with what is to be seen there in words.

import { type Chart, drawChart } from './chart.js';

/** @param id of the figure, which has a heading, a drawing and a caption. */
export function showChart(id: string, chart: Chart, text: string): void {
  const figureElement = document.getElementById(id)!;
  const svg = figureElement.querySelector('svg')!;
  drawChart(svg, chart);
  const caption = figureElement.querySelector('.says')!;
  if (caption.textContent === text) return;
  caption.textContent = text;
  svg.setAttribute('aria-label', `${figureElement.querySelector('h3')!.textContent}: ${text}`);
}
