// What the live page says at the end of a run.

import { memberAccount } from '../../../ensemble/member-account.js';
import { quoted } from '../../../files/shell-word.js';
import type { Phase, RunSummary } from '../../../live/client/protocol.js';
import { accountLines } from '../../../report/account-text.js';
import { PLAIN } from '../../../report/palette.js';
import { counted, duration, figure } from '../../../report/words.js';
import { failureLines, type KeptOutcome, keptLine, summaryLines } from './train-text.js';

/** How a run ended, and what it came to. @param file of the rows. */
export function livePart(outcome: KeptOutcome, file: string): readonly [Phase, RunSummary] {
  const { ensemble, report, saved, out, interrupted, kept } = outcome;
  const phase = interrupted ? 'interrupted' : report === null ? 'failed' : 'finished';
  const failures = failureLines(ensemble);
  const lines =
    report === null
      ? [keptLine(outcome), ...accountLines(memberAccount(ensemble))]
      : summaryLines(outcome, PLAIN);
  const saving = saved === null ? null : (out ?? null);
  return [
    phase,
    {
      verdict: report === null ? keptLine(outcome).split('; ')[0]! : verdictOf(outcome),
      lines: [...lines, ...failures],
      saved: saving,
      next: nextOf(saving, file, {
        resume: report === null ? (kept?.resume ?? null) : null,
        complete: ensemble.complete,
      }),
    },
  ];
}

/** The figures that matter most, in a sentence. */
function verdictOf({ ensemble, report }: KeptOutcome): string {
  const { members, wallMs } = ensemble;
  const trained = `${counted(members.length, 'member')} in ${duration(wallMs ?? 0)}`;
  const measurement = report!.test ?? report!.outOfBag;
  if (measurement === null) return `${trained}; nothing to measure on`;
  const { errorCorrelation: of, ensemble: scores } = measurement;
  const where = of.rowsFrom === 'outOfBag' ? 'out of bag' : 'on the test rows';
  const accuracy = scores?.accuracy;
  const rmse = scores?.rmse;
  const score =
    typeof accuracy === 'number'
      ? `${(100 * accuracy).toFixed(1)} % right`
      : `RMSE ${figure(Array.isArray(rmse) ? rmse[0] : null, 3)}`;
  const bought =
    of.meanMember > 0 && of.memberCount > 1
      ? `; averaging took ${Math.round(100 * (1 - of.measured / of.meanMember))} % off a member\u2019s squared error`
      : '';
  return `${trained}: ${score} ${where}${bought}`;
}

/** Commands that come next. */
function nextOf(
  saved: string | null,
  file: string,
  { resume, complete }: { readonly resume: string | null; readonly complete: boolean },
): string[] {
  if (resume !== null) return [resume];
  if (saved === null) return [];
  const [ensemble, rows] = [quoted(saved), quoted(file)];
  const rest = `tutti extend ${ensemble} ${rows} --out WHOLE.tutti`;
  return [
    ...(complete || file === '-' ? [] : [rest]),
    ...(file === '-' ? [] : [`tutti report ${ensemble} ${rows} --out report.html`]),
    `tutti inspect ${ensemble}`,
    `tutti predict ${ensemble} NEW.csv`,
  ];
}
