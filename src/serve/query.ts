// What a request wishes beside predictions: the parameters behind the question mark.

import { CONFORMAL_METHODS, type ConformalMethod } from '../conformal/scores.js';
import { suggest } from '../option-names.js';
import { Refusal } from './refusal.js';
import type { Wishes } from './row-queue.js';

const NAMES = ['coverage', 'conformal', 'members', 'uncertainty'] as const;

const NOTHING: Wishes = { members: false, uncertainty: false };

/** @throws Refusal 400 naming a parameter that is not known, is there twice, or has another value. */
export function wishesOf(query: string): Wishes {
  if (query === '') return NOTHING;
  const given = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (!NAMES.some((known) => known === name)) {
      const known = suggest(name, NAMES) || `; there are ${NAMES.join(', ')}`;
      throw new Refusal(400, `Unknown parameter \`${name.slice(0, 80)}\`${known}`);
    }
    if (given.has(name)) throw new Refusal(400, `Expected \`${name}\` once, got it twice`);
    given.set(name, value);
  }
  const conformal = given.get('conformal');
  if (conformal !== undefined && !isMethod(conformal)) {
    fail('conformal', `one of ${CONFORMAL_METHODS.join(', ')}`, conformal);
  }
  const coverage = coverageOf(given.get('coverage'));
  if (conformal !== undefined && coverage === undefined)
    fail('conformal', 'absent unless `coverage` is given', conformal);
  return {
    members: flagOf('members', given.get('members')),
    uncertainty: flagOf('uncertainty', given.get('uncertainty')),
    ...(coverage === undefined ? {} : { coverage }),
    ...(conformal === undefined ? {} : { conformal }),
  };
}

function isMethod(text: string): text is ConformalMethod {
  return CONFORMAL_METHODS.some((method) => method === text);
}

function coverageOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const coverage = /^(?:0?\.\d+|\d(?:\.\d+)?e-\d+)$/i.test(text) ? Number(text) : Number.NaN;
  return coverage > 0 && coverage < 1
    ? coverage
    : fail('coverage', 'a number > 0 and < 1, such as 0.9', text);
}

/** `?members` alone is true, as is `?members=true`. */
function flagOf(name: string, text: string | undefined): boolean {
  if (text === undefined || text === 'false') return false;
  return text === '' || text === 'true' ? true : fail(name, 'true or false', text);
}

function fail(name: string, expected: string, got: string): never {
  throw new Refusal(400, `Expected \`${name}\` to be ${expected}, got ${JSON.stringify(got.slice(0, 80))}`);
}
