// The colours of pages and charts, as CSS variables that both themes set: a chart is drawn once and follows the page
// it is in. Series can be told apart with every common colour blindness, and stand 3 : 1 or more against the paper
// of their theme; text stands 4.5 : 1 or more.

/** A colour by what it is for. */
export type Tone =
  | 'ink'
  | 'soft'
  | 'faint'
  | 'line'
  | 'paper'
  | 'panel'
  | 'accent'
  | 'good'
  | 'warn'
  | 'bad'
  | 's1'
  | 's2'
  | 's3'
  | 's4'
  | 's5'
  | 's6'
  | 'member';

export type Theme = Readonly<Record<Tone, string>>;

export const LIGHT: Theme = {
  ink: '#1c1f24',
  soft: '#565d69',
  faint: '#8a8f98',
  line: '#e2e0da',
  paper: '#faf9f6',
  panel: '#ffffff',
  accent: '#1f5fa8',
  good: '#14705c',
  warn: '#8a5300',
  bad: '#b3261e',
  s1: '#1f5fa8',
  s2: '#bd540a',
  s3: '#14806a',
  s4: '#8d4fa8',
  s5: '#856717',
  s6: '#b03a5b',
  member: '#858e9b',
};

export const DARK: Theme = {
  ink: '#e9e7e2',
  soft: '#aab1bc',
  faint: '#737b87',
  line: '#30343c',
  paper: '#131519',
  panel: '#1a1d23',
  accent: '#79b8f7',
  good: '#5cc8ae',
  warn: '#e5b454',
  bad: '#ff8f85',
  s1: '#6cb2f7',
  s2: '#f0a35c',
  s3: '#5cc8ae',
  s4: '#cf9ce6',
  s5: '#d9bd62',
  s6: '#f08aa5',
  member: '#7d8794',
};

/** The order in which series take their colours. */
export const SERIES: readonly Tone[] = ['s1', 's2', 's3', 's4', 's5', 's6'];

/** A colour as charts and pages name it. */
export function tone(name: Tone): string {
  return `var(--${name})`;
}

/** The declarations of a theme's variables. */
export function declarations(theme: Theme): string {
  return Object.entries(theme)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');
}
