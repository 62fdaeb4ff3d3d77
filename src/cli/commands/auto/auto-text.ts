// What a search came to, in lines: what was tried, what was chosen, and how much the choice promises too much.

import type { AutoReport } from '../../../auto/auto-options.js';
import { counted, figure, percent } from '../../../report/words.js';

/** Settings that are listed one by one. */
const MOST_LISTED = 12;

const ENDED = {
  time: 'the time was over',
  members: 'all members were trained',
  patience: 'no wave made it better any more',
  signal: 'it was interrupted',
} as const;

export function autoLines(report: AutoReport): string[] {
  const { members, waves, settings, givenUp, kept, chosen, folds, endedBy, bestSetting, cut } = report;
  const name = report.metric === 'logLoss' ? 'log-loss' : 'squared error / variance';
  const tried =
    `Searched ${counted(settings, 'setting')} with ${counted(members, 'member')} in ${counted(waves, 'wave')}: ` +
    `${settings - givenUp} on all ${folds} folds, ${givenUp} given up before; ${ENDED[endedBy]}`;
  const short =
    cut === 0 ? [] : [`  ${counted(cut, 'member')} cut short by the end, and taken at the best epoch so far`];
  if (chosen.length === 0)
    return [tried, ...short, 'No setting was trained on all folds: what there is counts equally', ''];
  const listed = chosen.slice(0, MOST_LISTED).map(({ place, snapshot, share, loss, options }) => {
    const at = snapshot === null ? '' : `, snapshot ${snapshot + 1}`;
    return `  ${percent(share, 0).padStart(5)}  ${figure(loss, 4).padStart(8)}  ${place}${at}: ${words(options)}`;
  });
  const more = chosen.length - listed.length;
  const failures =
    report.failed === 0
      ? []
      : [
          `${counted(report.failed, 'member')} failed, and so their settings; the first: ${report.firstFailure!.message}`,
        ];
  return [
    tried,
    ...short,
    ...failures,
    `Chosen: ${counted(chosen.length, 'setting')}, ${counted(kept, 'member')} (share, ${name} out of fold, setting)`,
    ...listed,
    ...(more === 0 ? [] : [`  and ${counted(more, 'other')}`]),
    ...selectionLines(report, name),
    `The best setting alone: ${figure(bestSetting, 4)}`,
    '',
  ];
}

function selectionLines({ selection }: AutoReport, name: string): string[] {
  if (selection === null) return [];
  const { naive, nested } = selection;
  // Of one setting alone the two differ by rounding.
  const optimism = Math.abs(selection.optimism) < 1e-12 ? 0 : selection.optimism;
  return [
    `Out of fold, ${name}: ${figure(naive, 4)} on the rows that chose; ${figure(nested, 4)} where half of them chose and the other was scored`,
    `  (the choice promises ${figure(optimism, 2)} too much)`,
  ];
}

function words(options: object): string {
  const texts = Object.entries(options).map(([name, value]) => `${name} ${String(value)}`);
  return texts.length === 0 ? 'the defaults' : texts.join('; ');
}
