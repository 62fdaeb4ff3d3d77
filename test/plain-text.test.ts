// Text of others on a terminal: shown, not obeyed.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { loadEnsemble } from '../src/bundle/load.js';
import { saveEnsemble } from '../src/bundle/save.js';
import { describe, TuttiError } from '../src/errors.js';
import { shortened, unicodeEscaped, visible, visibleMessage, withoutCredentials } from '../src/plain-text.js';
import { alignColumns } from '../src/report/text-table.js';
import { makeIncomplete } from './bundle/support.js';
import { tuttiProcess } from './cli/support.js';

const EVIL = 'a\u001b[2J\u009b31m\u007f\u202eb\u200bc\r\nd\u0007';
// biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u202e\u200b]/;
const SHOWN = 'a\\x1b[2J\\x9b31m\\x7f\\u202eb\\u200bc\\r\\nd\\x07';

t.test('what cannot be seen is written out, and letters of any script stay', async (t) => {
  t.equal(visible(EVIL), SHOWN);
  const names = 'Größe 尺寸 حجم 👩‍👩‍👧 n\u0303 می‌خواهم';
  t.equal(visible(names), names);
  t.equal(JSON.parse(unicodeEscaped(JSON.stringify(EVIL))), EVIL);
  t.notMatch(unicodeEscaped(JSON.stringify(EVIL)), UNSEEN);
});

t.test('long text is cut and says how long it was; columns line up all the same', async (t) => {
  t.equal(shortened('abc', 3), 'abc');
  t.equal(shortened('abcd', 3), 'abc… (4 characters)');
  const [head, row] = alignColumns([
    ['x'.repeat(1e6), '1'],
    [EVIL, '22'],
  ]);
  t.ok(head!.length < 200);
  t.equal(head!.length, row!.length);
  t.ok(row!.startsWith(SHOWN));
});

t.test('URLs are shown without the names and passwords in them', async (t) => {
  const cases = [
    ['redis://tutti:pa55@host:6379/0', 'redis://host:6379/0'],
    ['rediss://:pa55@host', 'rediss://host'],
    [
      'at postgres://u:p@ss@word@db.example:5432/tutti: refused',
      'at postgres://db.example:5432/tutti: refused',
    ],
    ['(https://user@host/a@b) and s3://key:pa55@bucket', '(https://host/a@b) and s3://bucket'],
    [
      'postgres://host/db?user=u&password=pa55&sslmode=require',
      'postgres://host/db?user=u&password=…&sslmode=require',
    ],
    ['mail user@host, file a//b@c.csv, http://host/x', 'mail user@host, file a//b@c.csv, http://host/x'],
  ] as const;
  for (const [text, shown] of cases) {
    t.equal(withoutCredentials(text), shown);
    t.equal(new TuttiError('ERR_QUEUE', text).message, shown, 'in every message');
  }
  const secretive = `redis://tutti:${'x'.repeat(100)}@host`;
  t.equal(describe(secretive), '"redis://host"', 'before it is cut');
  t.equal(describe({ url: secretive }), '{"url":"redis://host"}');
  const long = `${'a://'.repeat(1e5)}${'?token='.repeat(1e5)}`;
  t.ok(withoutCredentials(long).length > 0, 'in time that grows with its length');
});

t.test('a message of an error keeps its lines and its end, whatever it repeats', async (t) => {
  t.equal(visibleMessage(`a\n${EVIL}`), `a\n${SHOWN.replace('\\n', '\n')}`);
  const { message } = new TuttiError('ERR_DATA', `Expected ${'é'.repeat(1e6)} to be there (x.csv, line 7)`);
  t.ok(message.length < 2000);
  t.match(message, /^Expected éé.* \[…\] é.* to be there \(x\.csv, line 7\)$/);
  t.equal(visibleMessage(message), message);
});

t.test('a saved ensemble of hostile names is inspected without a control character', async (t) => {
  const cwd = t.testdir({});
  const ensemble = makeIncomplete();
  const classes = [EVIL, 'yes', 'z'.repeat(1e6)];
  const failures = [
    { index: 1, error: { code: 'ERR_LEARNER' as const, message: EVIL, details: { [EVIL]: EVIL } } },
  ];
  const task = { kind: 'classification' as const, classes };
  const target = { ...ensemble.preprocessing!.target, classes } as never;
  const preprocessing = { ...ensemble.preprocessing!, target };
  await saveEnsemble({ ...ensemble, task, failures, preprocessing }, join(cwd, 'evil.tutti'));
  const { stdout, status } = await tuttiProcess(['inspect', 'evil.tutti'], { cwd });
  t.equal(status, 0);
  t.ok(stdout.includes(SHOWN));
  t.ok(stdout.length < 30_000, 'a name of a megabyte is cut');
  const json = await tuttiProcess(['inspect', 'evil.tutti', '--json'], { cwd });
  t.equal(JSON.parse(json.stdout).task.classes[0], EVIL);
  for (const text of [stdout, json.stdout]) t.notMatch(text.replaceAll('\n', ''), UNSEEN);
  t.equal((await loadEnsemble(join(cwd, 'evil.tutti'))).failures[0]!.error.message, EVIL);
});

t.test('errors show hostile text of files and arguments, and cut it', async (t) => {
  const cwd = t.testdir({});
  await writeFile(join(cwd, 'evil.csv'), `a,"${EVIL}",y\n1,2,p\n`);
  const missing = await tuttiProcess(['train', 'evil.csv', '--target', EVIL.slice(0, 5)], { cwd });
  t.equal(missing.status, 2);
  t.notMatch(missing.stderr, '\u001b');
  const long = await tuttiProcess(['train', `${'n'.repeat(100_000)}\u001b]0;x\u0007.csv`, '--target', 'y'], {
    cwd,
  });
  t.equal(long.status, 2);
  t.ok(long.stderr.length < 3000);
  t.notMatch(long.stderr, '\u001b');
  t.ok((await readFile(join(cwd, 'evil.csv'), 'utf8')).includes('\u001b'));
});
