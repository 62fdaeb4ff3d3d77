import { createHash } from 'node:crypto';
import t from 'tap';
import { createOwnSha256, createSha256 } from '../../src/files/sha256.js';

const bytesOf = (length: number) => Uint8Array.from({ length }, (_, at) => (at * 131 + length) % 256);

t.test('our own gives the digests that FIPS 180-4 has as examples', async (t) => {
  const hex = (text: string) => createOwnSha256().update(text).digest('hex');
  t.equal(hex(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  t.equal(hex('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  t.equal(
    hex('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'),
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  );
});

t.test('our own is that of Node.js at every length around a block, in one piece or in many', async (t) => {
  for (let length = 0; length <= 300; length++) {
    const bytes = bytesOf(length);
    const expected = createHash('sha256').update(bytes).digest('hex');
    const pieces = createOwnSha256();
    for (let at = 0; at < length; at += 7) pieces.update(bytes.subarray(at, Math.min(length, at + 7)));
    const own = createOwnSha256().update(bytes).digest('hex');
    if (own !== expected || pieces.digest('hex') !== expected) t.fail(`${length} bytes`);
  }
  t.pass('all alike');
});

t.test('texts count as UTF-8, and a copy goes on by itself', async (t) => {
  for (const create of [createOwnSha256, createSha256]) {
    const first = create().update('grüß ');
    const copy = first.copy().update('Gott');
    t.equal(first.digest('hex'), createHash('sha256').update('grüß ').digest('hex'));
    t.same([...copy.digest()], [...createHash('sha256').update('grüß Gott').digest()]);
  }
});
