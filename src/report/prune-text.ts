// What pruning came to, in lines.

import type { PruneReport } from '../ensemble/select/prune-members.js';
import { metrics } from '../measure/metrics/metrics.js';
import type { Palette } from './palette.js';
import { metricText } from './score-columns.js';
import { alignColumns } from './text-table.js';
import { counted } from './words.js';

export function pruneLines(report: PruneReport, palette: Palette): string[] {
  const { kept, membersBefore, parameters, parametersBefore, metric, rows, before, after, check } = report;
  const judged = metrics.get(metric);
  const shown = (value: number) => metricText(judged, value);
  const share = `${((100 * parameters) / parametersBefore).toFixed(0)} %`;
  const table = alignColumns([
    [`${judged.title} on ${counted(rows, 'row')}`, ''],
    [`all ${counted(membersBefore, 'member')}`, shown(before)],
    [`the ${kept.length} kept, on the rows they were chosen on`, shown(after)],
    ...(check === null
      ? []
      : [
          ['all, tenth by tenth of the rows', shown(check.before)],
          ['kept, chosen on the other nine tenths', shown(check.after)],
          ['cost', `${shown(check.cost)} [${shown(check.interval[0])}, ${shown(check.interval[1])}]`],
        ]),
  ]);
  const [head, ...lines] = table;
  return [
    `Kept ${kept.length} of ${counted(membersBefore, 'member')}, ${share} of their numbers: ${kept.join(', ')}`,
    palette.bold(head!),
    ...lines.map((line) => `  ${line}`),
    verdict(check),
  ];
}

function verdict(check: PruneReport['check']): string {
  if (check === null) return 'Too few rows to say what it costs on others.';
  const [low, high] = check.interval;
  if (low > 0)
    return 'Leaving out the others costs more than chance explains, on rows that nothing was chosen on.';
  if (high < 0)
    return 'Leaving out the others helps by more than chance explains, on rows that nothing was chosen on.';
  return 'No cost is shown on rows that nothing was chosen on.';
}
