// How parts of a text are set apart: by colours where it goes to a terminal, not at all by default. Knows no stream.

type Style = (text: string) => string;

/** Styles of a text's parts. */
export interface Palette {
  readonly bold: Style;
  readonly dim: Style;
  readonly red: Style;
  readonly green: Style;
  readonly yellow: Style;
  readonly cyan: Style;
}

const as: Style = (text) => text;

/** Plain text. */
export const PLAIN: Palette = { bold: as, dim: as, red: as, green: as, yellow: as, cyan: as };
