// That figures are of fewer members than were planned, for commands whose results do not say it themselves.

import { type Counted, memberAccount } from '../../ensemble/member-account.js';
import { missingLine } from '../../report/account-text.js';
import { note } from '../terminal/terminal.js';

/** Says it on standard error; nothing of an ensemble that is whole. */
export function noteMissing(ensemble: Counted): void {
  const missing = missingLine(memberAccount(ensemble));
  if (missing !== null) note(missing);
}
