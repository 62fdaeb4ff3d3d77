import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { makeFolder } from '../../src/files/folder.js';

t.test('makes a folder with those above it, and takes one that is there', async (t) => {
  const root = t.testdir({ there: {} });
  await makeFolder(join(root, 'a', 'b', 'c'));
  t.ok(existsSync(join(root, 'a', 'b', 'c')));
  await makeFolder(join(root, 'there'));
  symlinkSync(join(root, 'there'), join(root, 'link'));
  await makeFolder(join(root, 'link', 'within'));
  t.ok(existsSync(join(root, 'there', 'within')));
  await makeFolder(join(root, 'link'));
});

t.test('makes one folder for several who ask at once', async (t) => {
  const folder = join(t.testdir({}), 'x', 'y', 'z');
  await Promise.all(Array.from({ length: 8 }, () => makeFolder(folder)));
  t.ok(existsSync(folder));
});

t.test('says what the system says where there can be no folder', async (t) => {
  const root = t.testdir({ file: 'text' });
  await t.rejects(makeFolder(join(root, 'file')), { code: 'EEXIST' });
  await t.rejects(makeFolder(join(root, 'file', 'within')), { code: 'ENOTDIR' });
  mkdirSync(join(root, 'some'));
  writeFileSync(join(root, 'some', 'file'), '');
  await t.rejects(makeFolder(join(root, 'some', 'file', 'a', 'b')), { code: 'ENOTDIR' });
});

t.test('gives up in a folder that can hold none', { skip: !existsSync('/proc/self') }, async (t) => {
  // Node's own mkdir with `recursive` never answers here.
  await t.rejects(makeFolder('/proc/tutti'), { code: 'ENOENT' });
  await t.rejects(makeFolder('/proc/tutti/within'), { code: 'ENOENT' });
});
