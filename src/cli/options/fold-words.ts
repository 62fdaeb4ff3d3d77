// Members that leave a fold out, in a word: `--resample cv:8x3` is `resample: 'cv', folds: 8, repeats: 3`.

import { failOption } from '../../errors.js';

const WORD = /^cv:(\d+)(?:[x×](\d+))?$/;

/** Whether a value is such a word, or means to be one. @throws ERR_OPTION where it is written otherwise */
export function isFoldWord(name: string, value: unknown): value is string {
  if (typeof value !== 'string' || !value.startsWith('cv:')) return false;
  return WORD.test(value) || failOption(name, 'folds and repeats such as cv:8x3 or cv:5', value);
}

/**
 * The options that a word among them stands for in its place.
 * @throws ERR_OPTION for folds, or repeats, that are said twice
 */
export function withFolds(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { resample, ...others } = values;
  const found = typeof resample === 'string' ? WORD.exec(resample) : null;
  if (found === null) return { ...values };
  const [, folds, repeats] = found;
  const said = { folds: Number(folds), ...(repeats === undefined ? {} : { repeats: Number(repeats) }) };
  const twice = Object.keys(said).find((name) => others[name] !== undefined);
  if (twice !== undefined) failOption(twice, `absent with \`resample\` ${resample}`, others[twice]);
  return { ...others, resample: 'cv', ...said };
}
