// What becomes of runs that failed: begun again with other streams, given up, or the end of the training. A run that is
// tied to others begins again with all of them, so that the plan with the streams that runs ended with gives the same
// bytes without any policy.

import type { FailedMember } from '../../ensemble/ensemble.js';
import { fromWire, type TuttiError, type WireError } from '../../errors.js';
import type { EnsemblePlan, MemberStreams } from '../../model/spec.js';
import { nextStreams, type Run, reseedsOf } from '../plan/runs.js';
import { type EndingPolicy, endsTraining, isRepeated } from './failure-policy.js';
import type { Ledger } from './ledger.js';

export interface FailuresContext {
  readonly plan: EnsemblePlan;
  readonly policy: EndingPolicy;
  /** How often a run may begin again with other streams. */
  readonly reseeds: number;
  readonly ledger: Ledger;
  /** Told of runs that begin again with other streams, and of those that are given up, as it happens. */
  befell(runs: readonly Run[], becomes: 'reseed' | 'failure', error: WireError): void;
  /** Ends the training with the error of a member. */
  end(error: TuttiError): void;
}

export class Failures {
  readonly #context: FailuresContext;

  constructor(context: FailuresContext) {
    this.#context = context;
  }

  /** Ends a training that goes on where such a failure is known already, before any job. */
  endAtKnown(failures: readonly FailedMember[]): void {
    const { policy, end } = this.#context;
    const known = failures.find(({ error }) => endsTraining(policy, error));
    if (known !== undefined) end(fromWire(known.error));
  }

  /** Whether a run begins again should it diverge, and all that it is tied to with it, of which nothing is delivered. */
  mayBeginAgain(run: Run): boolean {
    return this.#streamsAnew(run) !== null;
  }

  /**
   * Decides what becomes of runs that belong together once none of them is in hand: one alone, or a group.
   * @returns whether they begin again; then nothing that they left counts.
   */
  settle(runs: readonly Run[]): boolean {
    this.#giveUp(runs, ({ code }) => isRepeated(code));
    if (this.#beginAgain(runs)) return true;
    this.#giveUp(runs, () => true);
    return false;
  }

  /** Begins all of them again, if one diverged that may. What is delivered stays, and so does whatever came with it. */
  #beginAgain(runs: readonly Run[]): boolean {
    const diverged = runs.filter(
      (run) => !run.over && run.failure?.code === 'ERR_DIVERGED' && this.mayBeginAgain(run),
    );
    if (diverged.length === 0 || runs.some(({ delivered }) => delivered > 0)) return false;
    for (const run of diverged) run.streams = this.#streamsAnew(run)!;
    // Those that were given up would diverge again where they did; others are lost for good.
    const cause = diverged[0]!.failure!;
    const again = runs.filter(({ failure }) => failure === null || !isRepeated(failure.code));
    for (const run of again) this.#context.ledger.beginAgain(run);
    this.#context.befell(again, 'reseed', cause);
    return true;
  }

  #giveUp(runs: readonly Run[], which: (failure: WireError) => boolean): void {
    for (const run of runs)
      if (run.failure !== null && !run.over && which(run.failure)) this.giveUp(run, run.failure);
  }

  #streamsAnew(run: Run): MemberStreams | null {
    const { plan, reseeds } = this.#context;
    return reseedsOf(run) < reseeds ? nextStreams(plan, run) : null;
  }

  /** Gives a run up for good. */
  giveUp(run: Run, failure: WireError): void {
    const { ledger, policy, end, befell } = this.#context;
    const error = withReseeds(failure, reseedsOf(run));
    befell([run], 'failure', error);
    ledger.giveUp(run, error);
    if (endsTraining(policy, error)) end(fromWire(error));
  }
}

/** The error of a member that begun again in vain says so. */
function withReseeds(error: WireError, reseeds: number): WireError {
  if (reseeds === 0) return error;
  const times = reseeds === 1 ? 'once' : `${reseeds} times`;
  const message = `${error.message} (begun again ${times} with other streams)`;
  return { ...error, message, details: { ...error.details, reseeds } };
}
