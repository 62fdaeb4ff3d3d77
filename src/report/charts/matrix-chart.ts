// A square of numbers: confusion of classes, correlation of members. Depth of colour is the number, so both themes read
// alike; positive and negative have colours of their own.

import { shortName } from './interval-chart.js';
import { CHARACTER, type ChartText, drawn, Plot, WIDTH } from './plot.js';
import { tone } from './theme.js';

export interface MatrixChart extends ChartText {
  /** Of rows, top to bottom, and of columns. */
  readonly rowNames: readonly string[];
  readonly columnNames: readonly string[];
  readonly rowLabel: string;
  readonly columnLabel: string;
  /** [rows][columns]; null where there is none. */
  readonly values: readonly (readonly (number | null)[])[];
  /** Of full colour. @default the largest there is */
  readonly most?: number;
  /** Of the palest colour, where all that matters lies between the two. @default 0 */
  readonly least?: number;
  /** In cells; they have none where there are too many to read. */
  readonly text: (value: number) => string;
  /** Whose cells are drawn in green: what is right. */
  readonly diagonalIsGood?: boolean;
}

/** Beyond, numbers in cells cannot be read. */
const MOST_TEXTS = 12;
/** Ink on it is still read in either theme. */
const DEEPEST = 0.6;

export function matrixChart(chart: MatrixChart): string {
  const { rowNames, columnNames, values, text, diagonalIsGood = false } = chart;
  const cells = values.flatMap((own, row) =>
    own.flatMap((value, column) => (value === null ? [] : [{ row, column, value }])),
  );
  const largest = chart.most ?? Math.max(1e-12, ...cells.map(({ value }) => Math.abs(value)));
  const names = [rowNames, columnNames].map((own) => own.map((name) => shortName(name, 12)));
  const longest = Math.max(...names.map((own) => Math.max(...own.map((name) => name.length))));
  const upright = columnNames.length * CHARACTER * longest > WIDTH - 60;
  const marginLeft = 36 + CHARACTER * longest;
  const marginTop = upright ? 40 + CHARACTER * longest : 50;
  const side = WIDTH - marginLeft - 10;
  const every = Math.ceil(columnNames.length / 24);
  const shown = (at: number, own: readonly string[] | undefined) =>
    at % every === 0 ? (own?.[at] ?? '') : '';
  const numbers = columnNames.length <= MOST_TEXTS;
  return drawn(chart, {
    height: Math.round(marginTop + side * Math.min(1, rowNames.length / columnNames.length) + 8),
    ...{ marginLeft, marginTop, marginRight: 10, marginBottom: 8 },
    x: { type: 'band', domain: columnNames.map((_, at) => at), label: null, padding: 0.03 },
    y: { type: 'band', domain: rowNames.map((_, at) => at), label: null, padding: 0.03 },
    marks: [
      Plot.axisX({
        ...{
          anchor: 'top',
          tickSize: 0,
          label: null,
          color: tone('ink'),
          tickFormat: (at: number) => shown(at, names[1]),
        },
        ...(upright ? { tickRotate: -90 } : {}),
      }),
      Plot.axisY({
        tickSize: 0,
        label: null,
        color: tone('ink'),
        tickFormat: (at: number) => shown(at, names[0]),
      }),
      Plot.text([chart.columnLabel], { frameAnchor: 'top', dy: 6 - marginTop, fill: tone('soft') }),
      Plot.text([chart.rowLabel], {
        frameAnchor: 'left',
        dx: 10 - marginLeft,
        rotate: -90,
        fill: tone('soft'),
      }),
      Plot.cell(cells, {
        ...{ x: 'column', y: 'row', rx: 2 },
        fill: ({ value, row, column }) =>
          tone(diagonalIsGood ? (row === column ? 's1' : 's2') : value < 0 ? 's2' : 's1'),
        fillOpacity: {
          value: cells.map(({ value }) => depth(value, chart.least ?? 0, largest)),
          scale: null,
        } as never,
        ...(numbers
          ? {}
          : {
              title: ({ row, column, value }) => `${rowNames[row]} × ${columnNames[column]}: ${text(value)}`,
            }),
      }),
      ...(numbers
        ? [
            Plot.text(cells, {
              x: 'column',
              y: 'row',
              text: ({ value }) => text(value),
              fill: tone('ink'),
              fontSize: columnNames.length > 8 ? 10.5 : 12,
            }),
          ]
        : []),
    ],
  });
}

/** The square root, so that small numbers are seen beside large ones. */
function depth(value: number, least: number, largest: number): number {
  const share = (Math.abs(value) - least) / Math.max(1e-12, largest - least);
  return Number(
    (DEEPEST * Math.max(value === 0 ? 0 : 0.06, Math.sqrt(Math.min(1, Math.max(0, share))))).toFixed(3),
  );
}
