// Fields of protocol buffers, by the examples of protobuf.dev/programming-guides/encoding.

import t from 'tap';
import { messageField, textField, varintField } from '../../src/files/protobuf.js';

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

t.test('whole numbers', async (t) => {
  t.equal(hex(varintField(1, 150)), '089601');
  t.equal(hex(varintField(1, -2)), '08feffffffffffffffff01');
  t.equal(hex(varintField(20, 1n)), 'a00101', 'a key of two bytes');
});

t.test('texts, messages in messages, and fields that are repeated', async (t) => {
  t.equal(hex(textField(2, 'testing')), '120774657374696e67');
  t.equal(hex(messageField(3, varintField(1, 150))), '1a03089601');
  const repeated = [3, 270].map((value) => varintField(6, value));
  t.equal(hex(messageField(3, repeated, [])), '1a053003308e02');
});
