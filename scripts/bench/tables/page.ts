// The comparison as tables in Markdown.

import { mean } from '../../../src/math/statistics.js';
import { table as markdownTable } from '../markdown.js';
import { common, criterionOf, meanRanks, type Outcome, onTable, overTables } from './comparison.js';

type Column = readonly [title: string, value: (way: string) => string];

/** @param reference whom the paired differences are to. */
export function comparisonPage(outcomes: readonly Outcome[], reference: string): string {
  const ways = [...new Set(outcomes.map(({ way }) => way))];
  const tables = [...new Set(outcomes.map(({ table }) => table))];
  const shared = common(outcomes, ways);
  const splits = new Set(shared.map(({ table, split }) => `${table} ${split}`)).size;
  return [
    `${splits} splits of ${new Set(shared.map(({ table }) => table)).size} tables that everyone was tried on.`,
    overall(outcomes, shared, ways),
    `Against ${reference}: mean over tables of the logarithm of the ratio of log-losses and RMSEs, and of shares of wrong rows and RMSEs (−0.1: 10 % less), with intervals for 95 %.`,
    differences(outcomes, ways, reference),
    'Log-loss, or RMSE over the standard deviation of the target, by table:',
    byTable(outcomes, ways, tables),
    `Tables on which the interval of the difference from ${reference} leaves out 0 (log-loss, RMSE):`,
    clearTables(outcomes, ways, tables, reference),
  ].join('\n\n');
}

function overall(outcomes: readonly Outcome[], shared: readonly Outcome[], ways: readonly string[]): string {
  const [byLoss, byError] = (['logLoss', 'error'] as const).map((by) => meanRanks(outcomes, ways, by));
  const score = (name: string, digits: number) => (way: string) => {
    const own = shared.filter((outcome) => outcome.way === way && name in outcome.scores);
    const tables = [...new Set(own.map(({ table }) => table))];
    const values = tables.map((table) =>
      mean(own.filter((outcome) => outcome.table === table).map(({ scores }) => scoreNamed(scores, name))),
    );
    return values.length === 0 ? '–' : mean(values).toFixed(digits);
  };
  const seconds = (name: 'seconds' | 'cpuSeconds') => (way: string) =>
    mean(shared.filter((outcome) => outcome.way === way).map((outcome) => outcome[name])).toFixed(1);
  const columns: readonly Column[] = [
    ['rank (log-loss, RMSE)', (way) => byLoss![ways.indexOf(way)]!.toFixed(2)],
    ['rank (accuracy, RMSE)', (way) => byError![ways.indexOf(way)]!.toFixed(2)],
    ['accuracy', score('accuracy', 4)],
    ['log-loss', score('logLoss', 4)],
    ['Brier', score('brier', 4)],
    ['ECE', score('ece', 4)],
    ['RMSE/sd', score('rmse', 4)],
    ['NLL', score('nll', 3)],
    ['coverage of 90 %', score('coverage', 3)],
    ['seconds', seconds('seconds')],
    ['processor s', seconds('cpuSeconds')],
  ];
  return markdown(columns, ways);
}

function scoreNamed(scores: Outcome['scores'], name: string): number {
  return Object.entries(scores).find(([own]) => own === name)?.[1] ?? Number.NaN;
}

function differences(outcomes: readonly Outcome[], ways: readonly string[], reference: string): string {
  const cell = (by: 'logLoss' | 'error') => (way: string) => {
    const difference = overTables(outcomes, [way, reference], by);
    if (difference === null) return '–';
    return `${difference.mean.toFixed(3)} [${difference.low.toFixed(3)}, ${difference.high.toFixed(3)}]`;
  };
  const columns: readonly Column[] = [
    ['log-loss, RMSE', cell('logLoss')],
    ['wrong rows, RMSE', cell('error')],
  ];
  return markdown(
    columns,
    ways.filter((way) => way !== reference),
  );
}

function byTable(outcomes: readonly Outcome[], ways: readonly string[], tables: readonly string[]): string {
  const lines = tables.map((table) => {
    const cells = ways.map((way) => {
      const own = outcomes.filter((outcome) => outcome.way === way && outcome.table === table);
      return own.length === 0 ? '–' : mean(own.map((outcome) => criterionOf(outcome, 'logLoss'))).toFixed(3);
    });
    return [table, ...cells];
  });
  return markdownTable(['table', ...ways], lines);
}

function clearTables(
  outcomes: readonly Outcome[],
  ways: readonly string[],
  tables: readonly string[],
  reference: string,
): string {
  const named = (way: string, side: 1 | -1) =>
    tables
      .filter((table) => {
        const difference = onTable(outcomes, table, [way, reference], 'logLoss');
        if (difference === null) return false;
        return side === 1 ? difference.low > 0 : difference.high < 0;
      })
      .join(', ');
  const columns: readonly Column[] = [
    ['better than it', (way) => named(way, -1)],
    ['worse than it', (way) => named(way, 1)],
  ];
  return markdown(
    columns,
    ways.filter((way) => way !== reference),
  );
}

function markdown(columns: readonly Column[], ways: readonly string[]): string {
  const titles = columns.map(([title]) => title);
  return markdownTable(
    ['', ...titles],
    ways.map((way) => [way, ...columns.map(([, value]) => value(way))]),
  );
}
