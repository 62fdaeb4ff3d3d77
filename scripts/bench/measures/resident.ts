// Resident memory of a process that trains or predicts over and over: after the first tenth it should stay.

import { askInARow, contendersInARow, MARKS, SERIES, type Series } from '../in-a-row.js';
import type { Session } from '../session.js';

export interface ResidentRow {
  readonly series: Series;
  readonly contender: string;
  readonly times: number;
  /** Shares of the series after which memory was read. */
  readonly marks: readonly number[];
  readonly residentBytes: readonly number[];
}

export async function measureResident(session: Session): Promise<ResidentRow[]> {
  const rows: ResidentRow[] = [];
  for (const { name, command } of contendersInARow(session)) {
    for (const series of Object.keys(SERIES) as Series[]) {
      session.log(`  resident: ${name}, ${series}`);
      try {
        const { residentBytes } = await askInARow(command, series, session.options.threads);
        rows.push({ series, contender: name, times: SERIES[series], marks: MARKS, residentBytes });
      } catch (error) {
        session.leaveOut(`resident, ${series}`, name, error);
      }
    }
  }
  return rows;
}
