// Members as the command line names them: places in the plan, from 0, and ranges of them.

import { failOption } from '../../../errors.js';

const EXPECTED = 'places in the plan and ranges of them, such as 0-15,20';

/**
 * `0-2,5` → 0, 1, 2, 5.
 * @param count of the plan's members.
 * @throws ERR_OPTION for anything else, and for places that are not planned.
 */
export function placesOf(text: string, count: number): number[] {
  const places = new Set<number>();
  for (const part of text.split(',')) {
    const [, first, last = first] = /^\s*(\d{1,9})\s*(?:-\s*(\d{1,9})\s*)?$/.exec(part) ?? [];
    if (first === undefined || Number(last) < Number(first)) failOption('members', EXPECTED, text);
    if (Number(last) >= count)
      failOption('members', `places in a plan of ${count} members, 0 to ${count - 1}`, text);
    for (let place = Number(first); place <= Number(last); place++) places.add(place);
  }
  return [...places].sort((a, b) => a - b);
}
