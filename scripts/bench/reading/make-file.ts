// A CSV file of any size with columns of every kind, the same bytes every time: what readers are timed on.
// `node dist/scripts/bench/reading/make-file.js FILE [megabytes]`

import { closeSync, openSync, writeSync } from 'node:fs';
import { RandomStream, streamKey } from '../../../src/math/random.js';

const COLOURS = ['red', 'blue', 'green', 'black', 'white'];
const HEADER = 'id,day,colour,shop,amount,price,share,ratio,count,age,flag,level,city,score,weight,kind\n';
const CITIES = Array.from({ length: 200 }, (_, at) => `City ${at}`);

/** Rows of sixteen cells: an id, a date, words, whole numbers, short and long decimals. */
function rowText(row: number, draws: RandomStream): string {
  const decimal = (most: number, digits: number) =>
    (draws.below(most * 10 ** digits) / 10 ** digits).toFixed(digits);
  const day = `20${10 + draws.below(14)}-${two(1 + draws.below(12))}-${two(1 + draws.below(28))}`;
  return [
    ...[row, day, COLOURS[draws.below(5)], `shop-${draws.below(40)}`, decimal(1000, 2), decimal(100, 4)],
    ...[
      decimal(1, 6),
      draws.uniform(),
      draws.below(1_000_000),
      draws.below(90),
      draws.below(2),
      draws.below(10),
    ],
    ...[CITIES[draws.below(200)], decimal(50, 3), decimal(10, 5), 'abc'[draws.below(3)]],
  ].join(',');
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

const [path, megabytes = '1000'] = process.argv.slice(2);
if (path === undefined) throw new Error('Usage: make-file.js FILE [megabytes]');
const file = openSync(path, 'w');
let bytes = writeSync(file, HEADER);
for (let row = 0; bytes < Number(megabytes) * 1e6; ) {
  const rows: string[] = [];
  for (let at = 0; at < 10_000; at++, row++)
    rows.push(rowText(row, new RandomStream(streamKey(1, 'noise', row))));
  bytes += writeSync(file, `${rows.join('\n')}\n`);
}
closeSync(file);
