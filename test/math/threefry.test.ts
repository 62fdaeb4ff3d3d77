import t from 'tap';
import { threefry2x32 } from '../../src/math/threefry.js';

function hex(k0: number, k1: number, c0: number, c1: number): string[] {
  const out = new Uint32Array(2);
  threefry2x32(k0, k1, c0, c1, out);
  return Array.from(out, (word) => word.toString(16).padStart(8, '0'));
}

t.test('threefry2x32 with 20 rounds gives the known answers published with Random123', async (t) => {
  t.same(hex(0, 0, 0, 0), ['6b200159', '99ba4efe']);
  t.same(hex(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff), ['1cb996fc', 'bb002be7']);
  t.same(hex(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3), ['c4923a9c', '483df7a0']);
});
