// The options of the page on which a training is watched as it runs.

import { failOption } from '../../errors.js';
import { requireUses } from '../../option-names.js';
import type { GivenOptions } from './command.js';
import type { OptionRow } from './option-row.js';
import { rowsIn } from './rows.js';

const run = rowsIn('run');

const PORT = 'an integer from 1 to 65535';

/** For the commands that train. */
export const UI_ROWS: readonly OptionRow[] = [
  run.flag('ui', 'serve a page on this machine to watch the training in a browser, and print its address', {
    common: true,
  }),
  run.number('uiPort', 'the port of that page', {
    argument: 'port',
    range: PORT,
    defaultText: 'one that is free',
  }),
  run.flag('uiOpen', 'open that page in the browser'),
  run.flag('uiStay', 'serve that page after the training too, until Ctrl-C'),
];

/** How a training is watched. */
export interface UiFlags {
  /** 0 for one that is free. */
  readonly port: number;
  readonly open: boolean;
  readonly stay: boolean;
}

/** Null for a training that nobody watches so. @throws ERR_OPTION */
export function uiOf(given: GivenOptions): UiFlags | null {
  const { ui, uiPort = 0, uiOpen, uiStay } = given;
  const when = { says: '`ui` is given', holds: () => ui === true };
  requireUses(given, { uiPort: when, uiOpen: when, uiStay: when });
  const isPort = Number.isInteger(uiPort) && Number(uiPort) >= 0 && Number(uiPort) <= 65_535;
  if (!isPort || given.uiPort === 0) failOption('uiPort', PORT, uiPort);
  return ui === true ? { port: Number(uiPort), open: uiOpen === true, stay: uiStay === true } : null;
}
