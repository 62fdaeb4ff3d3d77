// Numbers and times as people read them, shared by the progress and the summaries.

/** A figure to four significant digits, without an exponent where that stays short. */
export function figure(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size >= 1e-4 && size < 1e7 ? trimmed(value, digits) : value.toExponential(digits - 1);
}

/** 0.9679 → `96.79 %`. */
export function percent(share: number, decimals = 2): string {
  return `${(100 * share).toFixed(decimals)} %`;
}

/** 0.95 → `95 %`, 0.999 → `99.9 %`. */
export function levelText(level: number): string {
  return `${Number((100 * level).toPrecision(6))} %`;
}

/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `1 member`, `16 members`; thousands are set apart. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : plural}`;
}

/** `812 B`, `12.3 kB`, `4.5 MB`. */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB'];
  let size = bytes / 1000;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${size.toPrecision(3)} ${units[unit]}`;
}

/** 1797 → `1 797` above 9 999 only, as is usual. */
export function grouped(count: number): string {
  const text = String(count);
  return count < 10_000 ? text : text.replace(/\B(?=(\d{3})+(?!\d))/g, ' ');
}

/** Items of a list that are shown. */
const MOST_ITEMS = 12;

/** 0, 1, 2, 5 → `0–2, 5`; of many the first dozen, and how many more members there are. */
export function rangeText(members: readonly number[]): string {
  const ranges: string[] = [];
  let next = 0;
  while (next < members.length && ranges.length < MOST_ITEMS) {
    let end = next;
    while (members[end + 1] === members[end]! + 1) end++;
    ranges.push(end === next ? `${members[next]}` : `${members[next]}–${members[end]}`);
    next = end + 1;
  }
  const shown = ranges.join(', ');
  return next < members.length ? `${shown} and ${grouped(members.length - next)} more` : shown;
}

/** The first of a list, and how many more there are. */
export function shortList(items: readonly string[], most = MOST_ITEMS): string {
  const shown = items.slice(0, most).join(', ');
  return items.length > most ? `${shown} and ${items.length - most} more` : shown;
}

function trimmed(value: number, digits: number): string {
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(decimals, 100));
}
