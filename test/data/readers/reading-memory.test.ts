// Files whose cells take more memory than there is are refused before any is made.

import t from 'tap';
import { csv } from '../../../src/data/readers/csv.js';
import { json } from '../../../src/data/readers/json.js';
import type { FlowingReader } from '../../../src/data/readers/reader.js';
import { withRoom } from '../../support/memory.js';

const MIB = 2 ** 20;

function read(reader: FlowingReader, bytes: Buffer) {
  const decoder = reader.open('x', {});
  decoder.push(bytes);
  return decoder.end();
}

t.test('cells of one character take more than their file', async (t) => {
  const rows = 100_000;
  const table = Buffer.from(`a,b,c,d\n${'1,2,3,4\n'.repeat(rows)}`);
  const records = Buffer.from('{"a":1,"b":2,"c":3,"d":4}\n'.repeat(rows));
  const refused = {
    code: 'ERR_MEMORY',
    message: /^Reading x would need about 5\d\.\d MiB of memory, but only .* is for its 4000\d\d cells/,
  };
  await withRoom(50 * MIB, async () => {
    t.throws(() => read(csv, table), refused);
    t.throws(() => read(json, records), {
      ...refused,
      message: /^Reading x would .* its 400000 cells/,
    });
  });
  t.equal(read(csv, table).rows, rows);
  t.equal(read(json, records).rows, rows);
});
