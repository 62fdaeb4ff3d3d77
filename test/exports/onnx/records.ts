// Records with numbers, categories, dates and gaps, and targets of all kinds that follow from them.

import { RandomStream, streamKey } from '../../../src/math/random.js';

/** Ages, incomes, towns, days: numbers, categories and dates, some missing, one column always the same. */
export function mixedRecords(rows: number): Record<string, string | number | null>[] {
  const random = new RandomStream(streamKey(3, 'noise'));
  const rare = <T>(value: T): T | null => (random.uniform() < 0.1 ? null : value);
  return Array.from({ length: rows }, () => {
    const age = Math.round(20 + 60 * random.uniform());
    const income = Math.round(1e5 * random.uniform() ** 3) / 100;
    const town = ['Bern', 'Köln', 'Lima', 'New York, NY'][Math.floor(4 * random.uniform())]!;
    const grade = 1 + Math.floor(3 * random.uniform());
    const joined = new Date(Date.UTC(2015, 0, 1) + Math.floor(3000 * random.uniform()) * 86_400_000);
    const spent = 100 + age + income / 20 + (town === 'Lima' ? 30 : 0) + 10 * random.normal();
    return {
      ...{ age: rare(age), income: rare(income), town: rare(town), grade: `g${grade}` },
      ...{ joined: joined.toISOString().slice(0, 10), same: 7, spent },
      bought: spent > 180 ? 'yes' : spent > 150 ? 'maybe' : 'no',
      again: spent > 160 ? 'yes' : 'no',
    };
  });
}
