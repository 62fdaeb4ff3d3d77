// Config files, YAML and JSON: whatever is read makes a plan, and is the same written as JSON.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { resolveTrainSettings } from '../../../src/cli/options/train-settings.js';
import { memberChoices } from '../../../src/training/options/options.js';
import type { Draws } from './draws.js';
import { mutateBytes, mutateValue } from './mutate.js';
import { type FuzzTarget, require } from './target.js';

const OPTIONS = [
  {
    target: 'y',
    members: 3,
    hidden: [8, 4],
    epochs: 2,
    'learning-rate': 0.01,
    seed: 5,
    resample: 'bootstrap',
  },
  {
    target: ['y', 'z'],
    members: [{ hidden: [2] }, { hidden: 'dense 3', optimizer: 'sgd', momentum: 0.5 }],
    epochs: 1,
  },
  {
    target: 'y',
    grid: { hidden: [[2], [3]], l2: [0, 0.001] },
    classWeights: { a: 1, b: 2 },
    testShare: 0.25,
  },
  { target: 'y', engine: 'neighbours', neighbours: 3, drop: ['a'], impute: 'median', schedule: 'cosine' },
];
const TEXTS = [
  ...OPTIONS.map((options) => JSON.stringify(options)),
  'target: y # a comment\nmembers: &a 3\nepochs: *a\nhidden:\n  - 8\n  - 4\n',
  '%YAML 1.1\n---\ntarget: "y"\nlearningRate: 1_000.5\nmembers:\n- hidden: [2]\n  l2: 1e-3\n...\n',
  "target: |\n  y\ngrid: {hidden: [[2], [3]], ? l2 : [0, .inf]}\nseed: 0x10\n'early-stopping': validation\n",
];
const WORDS = [
  ...[
    '\n',
    ': ',
    '- ',
    '? ',
    '[',
    ']',
    '{',
    '}',
    ',',
    '"',
    "'",
    '|',
    '>',
    '&a ',
    '*a',
    '!!str ',
    '!x ',
    '<<: *a',
    '# ',
    '%',
    '---\n',
  ],
  ...[
    '\t',
    '  ',
    '\0',
    '\ufeff',
    '\u0085',
    '\r',
    '~',
    'null',
    '.nan',
    '.inf',
    '1e400',
    '0x10',
    '-1',
    '1e9',
    '99999999999999999999',
  ],
  ...[
    '__proto__: ',
    'constructor: ',
    'toString',
    'members: ',
    'grid: ',
    'hidden: ',
    'epochs: ',
    'target: ',
    '{__proto__: {}}',
  ],
  ...[
    'config: x',
    'out: /dev/null',
    'learner: /dev/zero',
    'threads: 1000000',
    '\\x',
    '"\\ud800"',
    '&a [*a]',
    '{"a":{"a":',
  ],
];
const ALL = TEXTS.map((text) => Buffer.from(text));
const TASK = { kind: 'classification', classes: ['a', 'b'] } as const;

/** Reads configs in a folder of its own. */
export function configTarget(folder: string): FuzzTarget {
  const settingsOf = async (name: string, text: Uint8Array | string) => {
    const path = join(folder, name);
    await writeFile(path, text);
    return resolveTrainSettings({ config: path }, { config: null, columns: new Set() });
  };
  return {
    name: 'config',
    codes: ['ERR_OPTION', 'ERR_FILE'],
    make: (draws: Draws) =>
      draws.oneIn(3)
        ? Buffer.from(JSON.stringify(mutateValue(draws, draws.of(OPTIONS))))
        : mutateBytes(draws, draws.of(ALL), ALL, WORDS),
    async read(bytes) {
      const { training, data, threads } = await settingsOf('config.yaml', bytes);
      const options = JSON.stringify({ ...training, ...data, ...(threads === undefined ? {} : { threads }) });
      const again = await settingsOf('config.json', options);
      require(isDeepStrictEqual(
        again.training,
        JSON.parse(JSON.stringify(training)),
      ), 'other options as JSON');
      if (training.learner !== undefined || training.model !== undefined) return;
      const { choices } = memberChoices(training, { task: TASK, features: 4, seed: 1, arithmetic: 'strict' });
      require(choices.length > 0, 'a plan without members');
    },
  };
}
