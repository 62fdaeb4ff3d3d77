import t from 'tap';
import { encodingOf, toUtf8 } from '../../../src/data/readers/text-encoding.js';
import { cellsOf, failure, tableOf } from '../helpers.js';

const TEXT = 'name,y\nDo\u00f1a \u20ac,1\n\ud83d\ude00\u00e9,2\n';
const CELLS = [
  ['Do\u00f1a \u20ac', '1'],
  ['\ud83d\ude00\u00e9', '2'],
];
const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

t.test('a byte-order mark says the encoding by itself', async (t) => {
  t.same(cellsOf(tableOf(t, Buffer.from(`\ufeff${TEXT}`, 'utf8'))), CELLS);
  t.same(cellsOf(tableOf(t, Buffer.from(`\ufeff${TEXT}`, 'utf16le'))), CELLS);
  t.same(cellsOf(tableOf(t, utf16be(`\ufeff${TEXT}`))), CELLS);
});

t.test('the stated encoding is used, by any of its usual names', async (t) => {
  const latin = Buffer.from('name,y\nDo\u00f1a,1\n', 'latin1');
  for (const encoding of ['latin1', 'Latin-1', 'ISO-8859-1', 'windows-1252', 'cp1252']) {
    t.same(cellsOf(tableOf(t, latin, { encoding })), [['Do\u00f1a', '1']], encoding);
  }
  t.same(cellsOf(tableOf(t, Buffer.from(TEXT, 'utf16le'), { encoding: 'utf-16le' })), CELLS);
  t.same(cellsOf(tableOf(t, utf16be(TEXT), { encoding: 'UTF-16BE' })), CELLS);
  t.match(
    failure(() => encodingOf('ebcdic')),
    /^ERR_OPTION Expected `encoding` to be one of utf-8, latin1, .*"ebcdic"/,
  );
});

t.test('windows-1252 has signs where latin1 has control characters', async (t) => {
  const bytes = Buffer.from([0x80, 0x92, 0x9f, 0xe9]);
  t.equal(toUtf8('x', bytes, 'windows-1252').toString(), '\u20ac\u2019\u0178\u00e9');
  t.equal(toUtf8('x', bytes, 'latin1').toString(), '\u0080\u0092\u009f\u00e9');
});

t.test('what is not UTF-8 is refused with the line and place of the first bad byte', async (t) => {
  t.equal(
    failure(() => tableOf(t, Buffer.from('a,b\r\n1,x\r\n2,S\u00e3o\r\n3,\u00e9\r\n', 'latin1'))),
    'ERR_DATA Expected data.csv to be text in UTF-8, got the byte 0xE3 at position 4 of line 3 (after "2,S"); ' +
      'state its encoding, such as `encoding` windows-1252 or latin1',
  );
  const broken = [
    [Buffer.from([0x61, 0x0d, 0xc3, 0xa9, 0xc3, 0x28]), 'the byte 0xC3 at position 3 of line 2'],
    [Buffer.from([0x61, 0x0a, 0x0a, 0xe2, 0x82]), 'the byte 0xE2 at position 1 of line 3'],
    [Buffer.from([0x80]), 'the byte 0x80 at position 1 of line 1'],
    [Buffer.from([0xf0, 0x9f, 0x98, 0x80, 0xff]), 'the byte 0xFF at position 5 of line 1'],
  ] as const;
  for (const [bytes, place] of broken) t.ok(failure(() => toUtf8('x', bytes, null)).includes(place), place);
});

t.test('an encoding that the bytes contradict is refused', async (t) => {
  const marked = Buffer.from('\ufeffa,b\n1,2\n', 'utf8');
  t.match(
    failure(() => tableOf(t, marked, { encoding: 'latin1' })),
    /text in latin1, got the byte-order mark of utf-8/,
  );
  t.match(
    failure(() => toUtf8('x', Buffer.from('abc'), 'utf-16le')),
    /got an odd number of bytes/,
  );
  t.match(
    failure(() => toUtf8('x', Buffer.from([0x3d, 0xd8, 0x61, 0x00]), 'utf-16le')),
    /half a character/,
  );
  t.match(
    failure(() => toUtf8('x', Buffer.from('a\0b\0', 'latin1'), null)),
    /zero byte on line 1/,
  );
});

t.test('long texts are decoded in pieces without breaking a character', async (t) => {
  const text = `a${'\ud83d\ude00'.repeat((1 << 23) / 2)}`;
  t.ok(toUtf8('x', Buffer.from(text, 'utf16le'), 'utf-16le').equals(Buffer.from(text, 'utf8')));
});
