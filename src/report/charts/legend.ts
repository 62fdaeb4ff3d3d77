// Legends inside charts, above the frame: a chart that is taken out of its page keeps it.

import { CHARACTER, Plot, WIDTH } from './plot.js';
import { type Tone, tone } from './theme.js';

export interface Named {
  readonly name: string;
  readonly tone: Tone;
  /** How it is drawn: a square for what is filled or a line, a ring for what is dashed, a dot for dots. */
  readonly drawn: 'square' | 'ring' | 'dot';
}

const ROW = 17;
/** Room of the mark and of the gap to the next name. */
const STROKE = 15;
const GAP = 16;

/** Height a legend takes. */
export function heightOf(legend: readonly Named[]): number {
  return ROW * rowsOf(legend).length;
}

/** @param left the frame's own margins, since its corner is where marks are placed from. */
export function legendMarks(legend: readonly Named[], left: number, top: number) {
  return rowsOf(legend).flatMap((row, at) => {
    let dx = 4 - left;
    const dy = 8 + ROW * at - top;
    return row.flatMap(({ name, tone: colour, drawn }) => {
      const common = { frameAnchor: 'top-left', dy } as const;
      const ring = drawn === 'ring';
      const marks = [
        // Texts hang below the place they are given.
        Plot.dot([0], {
          ...{
            ...common,
            dy: dy + 4,
            dx: dx + 5,
            symbol: drawn === 'square' ? 'square' : 'circle',
            r: drawn === 'dot' ? 3.5 : 4.5,
          },
          ...(ring ? { stroke: tone(colour), strokeWidth: 2 } : { fill: tone(colour) }),
        }),
        Plot.text([name], { ...common, textAnchor: 'start', dx: dx + STROKE, fill: tone('ink') }),
      ];
      dx += widthOf(name);
      return marks;
    });
  });
}

/** The names row by row, so that none is cut. */
function rowsOf(legend: readonly Named[]): Named[][] {
  const rows: Named[][] = [];
  let space = 0;
  for (const named of legend) {
    const width = widthOf(named.name);
    if (rows.length === 0 || width > space + GAP) {
      rows.push([]);
      space = WIDTH - 8;
    }
    rows.at(-1)!.push(named);
    space -= width;
  }
  return rows;
}

function widthOf(name: string): number {
  return name.length * CHARACTER + STROKE + GAP;
}
