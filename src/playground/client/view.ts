// What the page says of a training beside its figures: its headline, how far it is, tiles, members.

import { averagedError } from '../../live/client/averaging.js';
import { element, fromTemplate, say, showBar } from '../../live/client/elements.js';
import { duration, figure, percent } from '../../report/words.js';
import type { ArrivalMessage, Ending, Recipe } from './protocol.js';

/** A tile for each member, all waiting. */
export function showWaiting(members: number): void {
  element('members-list').replaceChildren(
    ...Array.from({ length: members }, (_, member) => {
      const tile = fromTemplate('member-template');
      tile.querySelector('b')!.textContent = String(member);
      tile.querySelector('.hidden')!.textContent = `Member ${member}: waits`;
      return tile;
    }),
  );
}

/** How far a member is. @param share 0…1. */
export function showMember(member: number, status: 'training' | 'finished', share: number): void {
  const tile = element('members-list').children[member] as HTMLElement | undefined;
  if (tile === undefined) return;
  tile.className = `member ${status}`;
  tile.querySelector<HTMLElement>('i')!.style.setProperty('--share', String(share));
  tile.querySelector('.hidden')!.textContent = `Member ${member}: ${status}`;
}

/** @param share 0…1. */
export function showWhole(share: number, text: string): void {
  showBar(element('whole'), share, text);
}

/** The figures so far, foretold for all members that there are to be. */
export function showArrival(
  { v, c, squaredError, errorRate, arrived }: ArrivalMessage,
  meanAlone: number,
  planned: number,
): void {
  say('tile-v', figure(v, 3));
  say('tile-c', figure(c, 3));
  say('tile-rho', figure(c === null || v === 0 ? null : c / v, 3));
  say('tile-predicted', c === null ? '–' : figure(averagedError(v, c, planned), 3));
  say('tile-predicted-more', `by v and c, for all ${planned}`);
  say('tile-measured', figure(squaredError, 3));
  say('tile-measured-more', arrived === 1 ? 'of the one that is there' : `of the mean of ${arrived}`);
  say('tile-wrong', `${percent(meanAlone, 1)} → ${percent(errorRate, 1)}`);
}

/** What it all came to. */
export function showEnding(ending: Ending, { members }: Recipe, tookMs: number): void {
  const { v, c, rho, predicted, measured, effectiveMembers, errorRate, meanMemberErrorRate, interval } =
    ending;
  say('tile-v', figure(v));
  say('tile-c', figure(c));
  say('tile-rho', figure(rho, 3));
  say('tile-predicted', figure(predicted));
  say('tile-predicted-more', `by v and c, for all ${ending.members}`);
  say('tile-measured', figure(measured));
  say('tile-measured-more', `of the mean of ${ending.members}`);
  say('tile-wrong', `${percent(meanMemberErrorRate, 1)} → ${percent(errorRate, 1)}`);
  const within = interval === null ? '' : ` (${percent(interval.low, 1)} to ${percent(interval.high, 1)})`;
  const who = ending.complete ? `${members}` : `${ending.members} of ${members}`;
  say(
    'headline',
    `${who} members: ${percent(errorRate, 1)} wrong together, ${percent(meanMemberErrorRate, 1)} alone`,
  );
  const worth = effectiveMembers === null ? '' : `, worth ${figure(effectiveMembers, 3)} independent ones`;
  const text = `Together ${percent(errorRate, 1)}${within} of the held-out rows are wrong, after ${duration(tookMs)}. Errors correlate by ρ = ${figure(rho, 3)}${worth}.`;
  showWhole(ending.members / members, text);
  say('said', text);
}
