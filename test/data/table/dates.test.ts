import t, { type Test } from 'tap';
import { loadTraining } from '../../../src/data/load.js';
import { transformFeatures } from '../../../src/data/preprocessing/preprocessing.js';
import { dateOrdersOf, dateParser } from '../../../src/data/table/date-format.js';
import type { DateOrder } from '../../../src/data/table/date-orders.js';
import { failure, tableOf } from '../helpers.js';

const days = (text: string, order: DateOrder): number => dateParser({ kind: 'date', order })(text);
const utc = (text: string): number => Date.parse(text) / 86_400_000;

t.test('dates are days since 1970-01-01 UTC, times fractions of a day', async (t) => {
  for (const [text, order, iso] of [
    ['1970-01-02', 'ymd', '1970-01-02T00:00Z'],
    ['2024-02-29', 'ymd', '2024-02-29T00:00Z'],
    ['2023/8/9', 'ymd', '2023-08-09T00:00Z'],
    ['2023-08', 'ymd', '2023-08-01T00:00Z'],
    ['2023-08-09T12:30:15.5Z', 'ymd', '2023-08-09T12:30:15.5Z'],
    ['2023-08-09 12:30', 'ymd', '2023-08-09T12:30Z'],
    ['2023-08-09T12:30:00+02:00', 'ymd', '2023-08-09T10:30Z'],
    ['2023-08-09T00:30:00-0130', 'ymd', '2023-08-09T02:00Z'],
    ['31/12/2023', 'dmy', '2023-12-31T00:00Z'],
    ['31.12.99', 'dmy', '1999-12-31T00:00Z'],
    ['12/31/23 1:05 PM', 'mdy', '2023-12-31T13:05Z'],
    ['5-Jan-2023', 'dmy', '2023-01-05T00:00Z'],
    ['January 5, 2023', 'mdy', '2023-01-05T00:00Z'],
  ] as const) {
    t.ok(Math.abs(days(text, order) - utc(iso)) < 1e-9, text);
  }
  t.equal(days('18:00', 'time'), 0.75);
});

t.test('what is no date of that order is none', async (t) => {
  for (const [text, order] of [
    ['2023-02-29', 'ymd'],
    ['2023-13-01', 'ymd'],
    ['31/12/2023', 'mdy'],
    ['12.31.2023', 'mdy'],
    ['2023-01-01 25:00', 'ymd'],
    ['13:60', 'time'],
    ['May', 'dmy'],
    ['1-2', 'ymd'],
    ['', 'ymd'],
  ] as const) {
    t.ok(Number.isNaN(days(text, order)), text);
  }
  t.equal(dateOrdersOf('LN-104729-K'), 0);
});

const tableFor = (t: Test, dates: readonly string[]) =>
  tableOf(t, `day,y\n${dates.map((date, i) => `"${date}",${i + 0.5}\n`).join('')}`);

t.test('a column of dates is one number, and later dates are predicted', async (t) => {
  const table = tableFor(t, ['2023-01-01', '2023-01-02', '2023-01-03', '2023-01-04']);
  const { preprocessing } = loadTraining(table, { target: 'y' });
  const [feature] = preprocessing.features;
  t.match(feature, {
    kind: 'numeric',
    mean: utc('2023-01-02') + 0.5,
    format: { kind: 'date', order: 'ymd' },
  });
  const x = transformFeatures(preprocessing, tableOf(t, 'day\n2023-02-01\n'));
  t.equal(x[0], utc('2023-02-01'));
});

t.test('the whole column says whether the day or the month comes first', async (t) => {
  const order = (dates: readonly string[], options = {}) =>
    loadTraining(tableFor(t, dates), { target: 'y', ...options }).preprocessing.features[0];
  t.match(order(['03/04/2023', '05/06/2023', '25/06/2023']), { format: { order: 'dmy' } });
  t.match(order(['03/04/2023', '05/06/2023', '06/25/2023']), { format: { order: 'mdy' } });
  t.match(order(['03.04.2023', '05.06.2023', '06.05.2023']), { format: { order: 'dmy' } });
  const doubtful = ['03/04/2023', '05/06/2023', '06/05/2023'];
  t.match(
    failure(() => order(doubtful)),
    /^ERR_DATA Expected `day` .*state `dateOrder` as dmy or mdy/,
  );
  t.match(order(doubtful, { dateOrder: 'mdy' }), { format: { order: 'mdy' } });
});

t.test('a cell that is no date of the column is an error naming it', async (t) => {
  t.match(
    failure(() => loadTraining(tableFor(t, ['2023-01-01', '2023-01-02', 'soon']), { target: 'y' })),
    /^ERR_DATA Expected `day` to be a date such as 2024-01-31, got "soon"/,
  );
});

t.test('a target of dates is a regression of days', async (t) => {
  const { train, taskReason } = loadTraining(tableFor(t, ['2023-01-01', '2023-01-02', '2023-01-04']), {
    target: 'day',
  });
  t.equal(train.task.kind, 'regression');
  t.equal(taskReason, '`day` holds dates, as days since 1970-01-01');
  t.equal(train.encoding.targets.mean[0], (utc('2023-01-01') + utc('2023-01-02') + utc('2023-01-04')) / 3);
});
