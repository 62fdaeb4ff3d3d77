// Members by their places in a plan, in short: ranges of places that follow each other.

/** The ranges of ascending places, each from its first to its last. */
export function rangesOf(places: readonly number[]): readonly (readonly [first: number, last: number])[] {
  const ranges: [first: number, last: number][] = [];
  for (const place of places) {
    const range = ranges.at(-1);
    if (range !== undefined && place === range[1] + 1) range[1] = place;
    else ranges.push([place, place]);
  }
  return ranges;
}

/** A range as it is written: `3`, `0-15`. */
export function rangeText([first, last]: readonly [first: number, last: number]): string {
  return first === last ? `${first}` : `${first}-${last}`;
}

/** Places as `--members` takes them: `0-15,20`. */
export function placesText(places: readonly number[]): string {
  return rangesOf(places).map(rangeText).join(',');
}
