// Config files that were made to hurt: one clear error each, soon, that names the line and repeats nothing long.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { readConfig } from '../../../src/cli/options/config-file.js';
import type { OptionRow } from '../../../src/cli/options/option-row.js';
import type { TuttiError } from '../../../src/errors.js';
import { classCsv, tuttiProcess } from '../support.js';

const folder = t.testdir({});
const ROWS: readonly OptionRow[] = [
  { name: 'learningRate', kind: 'number', group: 'data', description: '' },
  { name: 'target', kind: 'text', group: 'data', description: '' },
];

function read(text: string, name = 'options.yaml'): Promise<Record<string, unknown>> {
  const path = join(folder, name);
  writeFileSync(path, text);
  return readConfig(path, ROWS, ['members', 'grid']);
}

async function refused(t: Test, text: string, message: RegExp, name?: string): Promise<void> {
  const error = await read(text, name).then(
    () => null,
    (reason: TuttiError) => reason,
  );
  t.equal(error?.code, 'ERR_OPTION');
  t.match(error?.message, message);
  t.ok((error?.message.length ?? 0) < 400);
}

t.test('options are read under either spelling, with anchors where they are finite', async (t) => {
  t.same(await read('learning-rate: 1\nmembers: [&a { hidden: [2] }, *a]'), {
    learningRate: 1,
    members: [{ hidden: [2] }, { hidden: [2] }],
  });
  t.same(await read('{"learningRate": 1, "target": "x"}', 'options.json'), { learningRate: 1, target: 'x' });
});

t.test('a value that contains itself is refused', async (t) => {
  await refused(t, 'target: x\nmembers: &a\n  - *a\n', /contains itself \(line 2\)$/);
  await refused(t, 'grid: &a { hidden: *a }\n', /contains itself \(line 1\)$/);
});

t.test('aliases that multiply are refused', async (t) => {
  const levels = Array.from({ length: 12 }, (_, i) => `  - &l${i} [${`*l${i - 1}, `.repeat(9)}1]`);
  const [first, ...rest] = levels;
  await refused(t, `members:\n${first!.replaceAll('*l-1, ', '')}\n${rest.join('\n')}\n`, /alias/i);
});

t.test('nesting of any depth and form is refused', async (t) => {
  for (const depth of [40, 700, 5000, 100_000]) {
    await refused(t, `members: ${'['.repeat(depth)}${']'.repeat(depth)}`, /at most 32 levels deep/);
    await refused(t, `members:\n  ${'- '.repeat(depth)}1`, /at most 32 levels deep/);
    const json = `{"members": ${'[{"a":'.repeat(depth)}1${'}]'.repeat(depth)}}`;
    await refused(t, json, /at most 32 levels deep/, 'deep.json');
  }
  const steps = Array.from({ length: 1200 }, (_, i) => `${' '.repeat(i)}grid:`).join('\n');
  await refused(t, steps, /at most 32 levels deep, got more \(line \d+\)/);
});

t.test('an option that is there twice is refused, in either format and under either spelling', async (t) => {
  await refused(
    t,
    'target: a\nlearningRate: 1\ntarget: b\n',
    /Expected each key once, got "target" twice \(line 3\)$/,
  );
  await refused(t, '{"target": "a",\n"target": "b"}', /"target" twice \(line 2\)$/, 'twice.json');
  await refused(
    t,
    '{"members": [{"hidden": [1], "hidden": [2]}]}',
    /"hidden" twice \(line 1\)$/,
    'inner.json',
  );
  const both = /Expected `learningRate` once, got both `learning-rate` and `learningRate` \(line 2\)$/;
  await refused(t, 'learning-rate: 1\nlearningRate: 1\n', both);
});

t.test('a wrong value or name says its line, and is not repeated whole', async (t) => {
  await refused(
    t,
    'target: a\nlearningRate: fast\n',
    /Expected `learningRate` to be a number, got "fast" \(line 2\)$/,
  );
  await refused(t, `learningRate: ${'x'.repeat(500_000)}`, /got "xxx.*\.\.\. \(line 1\)$/);
  await refused(t, `${'x'.repeat(900)}: 1`, /Unknown option "xxx/);
  await refused(t, '{"target": }', /broken\.json: .*JSON/, 'broken.json');
  await refused(t, 'target: [', /at line 1/);
});

t.test('what takes a parser long is refused soon, or read soon', async (t) => {
  const many = (count: number, text: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => text(i));
  await refused(t, `${'? '.repeat(400)}a`, /at most 32 levels deep/);
  await refused(t, many(400, (i) => `${' '.repeat(i)}?`).join('\n'), /plain texts|levels deep/);
  await refused(t, `target: "${'\\q'.repeat(50_000)}"`, /Invalid escape sequence \\q at line 1, column 10$/);
  await refused(
    t,
    `members: [&a 1, ${'*a, '.repeat(200_000)}1]`,
    /at most 200 aliases, got more \(line 1\)$/,
  );
  const keys = many(80_000, (i) => `k${i}: 1`).join(', ');
  t.equal(Object.keys((await read(`grid: {${keys}}`)).grid as object).length, 80_000);
});

t.test(
  'what YAML would take in silence is refused: tags nobody knows, keys that are no text, other letters',
  async (t) => {
    await refused(t, 'target: !!js/function "x"', /Unresolved tag: .*js\/function at line 1, column 9$/);
    await refused(t, '[a]: 1', /Expected keys to be plain texts \(line 1\)$/);
    await refused(t, 'members: [{ ? { a: 1 } : 2 }]', /Expected keys to be plain texts/);
    const path = join(folder, 'odd.yaml');
    for (const bytes of [
      Buffer.from('\ufefftarget: a', 'utf16le'),
      Buffer.from('target: \xff', 'latin1'),
      Buffer.from('a\0'),
    ]) {
      writeFileSync(path, bytes);
      await t.rejects(readConfig(path, ROWS, []), {
        code: 'ERR_OPTION',
        message: /odd\.yaml to be text in/i,
      });
    }
  },
);

t.test('a file that is too long is not read', async (t) => {
  await t.rejects(read(`target: ${'x'.repeat(10_000_000)}`), {
    code: 'ERR_FILE',
    message: /got 10 MB where at most 1\.05 MB are read$/,
  });
});

t.test('the command line that is shipped reads YAML', async (t) => {
  const cwd = t.testdir({
    'data.csv': classCsv(),
    'options.yaml': 'target: label\nmembers: 2\nhidden: [3]\nepochs: 1\nseed: 1\n',
  });
  const { status, stdout } = await tuttiProcess(['train', 'data.csv', '--config', 'options.yaml', '--json'], {
    cwd,
  });
  t.equal(status, 0);
  t.match(JSON.parse(stdout), { members: 2, seed: 1 });
});
