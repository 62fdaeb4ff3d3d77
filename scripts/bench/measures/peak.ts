// The share of the machine's peak: executed multiply-adds of whole trainings against a native matrix
// product measured in the same rounds.

import { NATIVES } from '../contenders.js';
import { type Entrant, interleave, type Session } from '../session.js';
import { type Spread, spread } from '../statistics.js';
import { multiplyAdds, type Workload } from '../workloads.js';

export interface PeakRow {
  readonly workload: string;
  readonly contender: string;
  readonly threads: number;
  readonly gflops: Spread;
  /** Median over the best product of the fastest library on as many threads; null when none could be measured. */
  readonly shareOfNative: number | null;
}

/** Large enough for a native product to reach its ceiling, small enough to repeat many times. */
export const NATIVE_SHAPE = [1024, 1024, 1024] as const;

type Runner = Pick<Entrant, 'name' | 'threads' | 'process'>;

export async function measurePeak(session: Session, workload: Workload): Promise<PeakRow[]> {
  const what = `${workload.name} peak`;
  const { rounds, minSeconds } = session.options;
  const runners: Runner[] = [];
  for (const threads of new Set([1, session.options.threads])) {
    const tutti = await session.enter(what, 'tutti', workload, threads);
    if (tutti !== null) runners.push(tutti);
    for (const name of NATIVES) {
      const native = await session.start(what, name, threads);
      if (native !== null) runners.push({ name, threads, process: native });
    }
  }
  const samples = await interleave(
    runners,
    rounds,
    async ({ name, process }, round) => {
      if (NATIVES.includes(name))
        return (await process.ask('sgemm', { shape: NATIVE_SHAPE, minSeconds })).gflops;
      const { seconds } = await process.ask('train', { seed: round + 1, minSeconds, evaluate: false });
      return (2e-9 * multiplyAdds(workload)) / seconds;
    },
    (runner, error) => session.leaveOut(what, runner.name, error),
  );
  await Promise.all(runners.map((runner) => runner.process.stop()));
  const limits = new Map<number, number>();
  for (const [{ name, threads }, taken] of samples) {
    if (NATIVES.includes(name)) limits.set(threads, Math.max(limits.get(threads) ?? 0, ...taken));
  }
  return [...samples].map(([{ name, threads }, taken]) => {
    const gflops = spread(taken);
    const limit = limits.get(threads);
    const shareOfNative = limit === undefined ? null : gflops.median / limit;
    return { workload: workload.name, contender: name, threads, gflops, shareOfNative };
  });
}
