// The table of error codes: all that are used are in it, all in it are used, and its page says the same.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { errorReference } from '../scripts/support/error-reference.js';
import { ERROR_CODES, type ErrorMeaning } from '../src/error-codes.js';
import { fromWire, TuttiError } from '../src/errors.js';
import { parseTrainingOptions } from '../src/training/options/training-schema.js';

const ROOT = new URL('../../', import.meta.url);

t.test('docs/reference/error-codes.md is as the table is', async (t) => {
  const page = readFileSync(new URL('docs/reference/error-codes.md', ROOT), 'utf8');
  t.ok(page === errorReference(), 'node dist/scripts/error-reference.js writes it anew');
});

t.test('every code that is thrown is in the table, and every code of the table is thrown', async (t) => {
  const src = fileURLToPath(new URL('src/', ROOT));
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const text = files.map((name) => readFileSync(`${src}${name}`, 'utf8')).join('\n');
  const thrown = [...text.matchAll(/TuttiError\(\s*'(ERR_\w+)'/g)].map(([, code]) => code!);
  const handed = [...text.matchAll(/(?:: ErrorCode =|[?:]) '(ERR_\w+)'/g)].map(([, code]) => code!);
  t.same([...new Set([...thrown, ...handed])].sort(), Object.keys(ERROR_CODES).sort());
});

t.test('each says what it means and what to do, in sentences', async (t) => {
  for (const [code, { means, todo }] of Object.entries<ErrorMeaning>(ERROR_CODES)) {
    for (const text of [means, todo]) t.match(text, /^[A-Z].{20,}\.$/, code);
  }
});

t.test(
  'an error has the exit status of its code, and one of another version that of failed work',
  async (t) => {
    t.equal(new TuttiError('ERR_DATA', '').exitStatus, 2);
    t.equal(new TuttiError('ERR_DIVERGED', '').exitStatus, 1);
    t.equal(new TuttiError('ERR_CANCELLED', '').exitStatus, 130);
    const unknown = JSON.parse('{"code":"ERR_OF_TOMORROW","message":"","details":{}}');
    t.equal(fromWire(unknown).exitStatus, 1);
  },
);

t.test('the example of the page throws what it shows', async (t) => {
  const message = 'Unknown option `hiden` (did you mean `hidden`?)';
  t.throws(() => parseTrainingOptions({ hiden: [64] }), { code: 'ERR_OPTION', message });
});
