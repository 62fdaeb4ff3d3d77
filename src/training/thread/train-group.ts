// Runs a job for members in lockstep: at every step each computes the gradient of its own batch, then the
// exact gradient of the tying penalty at everyone's weights before the step is added, then all are updated.

import { arenaSizes } from '../../engines/wasm/arena.js';
import { arenaBytes } from '../../engines/wasm/training-program.js';
import { toWire } from '../../errors.js';
import type { Executor } from '../../kernels/executor.js';
import { ControlBlock } from '../../memory/control-block.js';
import { alignRegion } from '../../memory/layout.js';
import type { LocalGroupJob, LocalGroupMemberJob } from '../local/local-job.js';
import type { EpochHook, HandedMember, JobHooks, MemberOutcome } from '../session/job.js';
import { drawFromMemory, MemberCourse } from './member-course.js';

/** A member of the group within its epoch; members may have epochs of different lengths. */
interface Stepper {
  readonly course: MemberCourse;
  readonly place: number;
  step: number;
  lossSum: number;
  examples: number;
}

/**
 * Trains the group to the end of each of its members; one that fails leaves it, the others go on.
 * @returns one outcome per member, in the job's order.
 */
export async function trainGroup(
  job: LocalGroupJob,
  executor: Executor,
  { onEpochEnd, onHandOver }: JobHooks,
): Promise<MemberOutcome[]> {
  const { training, members } = job;
  const control = new ControlBlock(training.memory.buffer, training.layout.slots);
  const outcomes = members.map((): MemberOutcome => ({ status: 'stopped' }));
  let live = await startMembers(job, executor, control, onEpochEnd, outcomes);
  const report = progressOf(control, job, live);
  while (live.length > 0) {
    if (control.stopRequested) return outcomes;
    const stepping = await surviving(live, outcomes, computeGradient);
    addTyingGradient(stepping, members[0]!.spec.tying!.strength);
    const stepped = await surviving(stepping, outcomes, finishStep);
    const finished = stepped.filter(({ course }) => course.finished);
    await surviving(finished, outcomes, ({ course, place }) => {
      outcomes[place] = course.finish();
    });
    live = stepped.filter(({ course }) => !course.finished);
    report(stepped);
    if (isEnded(job, outcomes)) return outcomes;
    const [first] = live;
    if (first === undefined || first.step > 0) continue;
    // Members with longer or shorter epochs than the first may be midway in theirs.
    const between = live.every(({ step }) => step === 0);
    if (control.pauseRequested) {
      if (between) for (const { course, place } of live) outcomes[place] = course.pause();
      return outcomes;
    }
    if (!between || onHandOver === undefined) continue;
    if (control.takeWanted(job.slot, first.course.epoch)) onHandOver(handOver(live, members.length));
  }
  return outcomes;
}

/** Whether a member diverged for which all of them begin again. */
function isEnded({ members }: LocalGroupJob, outcomes: readonly MemberOutcome[]): boolean {
  return outcomes.some(
    (outcome, place) =>
      outcome.status === 'failed' && outcome.error.code === 'ERR_DIVERGED' && members[place]!.endsGroup,
  );
}

/** The group's members between two epochs, in its order. */
function handOver(live: readonly Stepper[], members: number): readonly (HandedMember | null)[] {
  const all = Array.from({ length: members }, (): HandedMember | null => null);
  for (const { course, place } of live) all[place] = course.handOver();
  return all;
}

/** The members of the job, one behind the other in the slot's arena. */
async function startMembers(
  { members }: LocalGroupJob,
  executor: Executor,
  control: ControlBlock,
  onEpochEnd: EpochHook | undefined,
  outcomes: MemberOutcome[],
): Promise<Stepper[]> {
  const steppers: Stepper[] = [];
  let offsetBytes = 0;
  for (const [place, member] of members.entries()) {
    try {
      const course = await MemberCourse.begin(
        member,
        member.spec,
        executor,
        control,
        onEpochEnd,
        offsetBytes,
      );
      steppers.push({ course, place, step: 0, lossSum: 0, examples: 0 });
    } catch (error) {
      outcomes[place] = { status: 'failed', error: toWire(error) };
    }
    offsetBytes += arenaBytesOf(member);
  }
  return steppers;
}

/** Does something for each of the steppers; those for which it fails are recorded and left out. */
async function surviving(
  steppers: readonly Stepper[],
  outcomes: MemberOutcome[],
  work: (stepper: Stepper) => void | Promise<void>,
): Promise<Stepper[]> {
  const fine: Stepper[] = [];
  for (const stepper of steppers) {
    try {
      await work(stepper);
      fine.push(stepper);
    } catch (error) {
      outcomes[stepper.place] = { status: 'failed', error: toWire(error) };
    }
  }
  return fine;
}

function computeGradient(stepper: Stepper): void {
  const { course, step } = stepper;
  const { lockstep } = course.tying;
  if (step === 0) lockstep.beginEpoch(course.epoch + 1);
  const { lossSum, examples } = lockstep.computeGradient(course.epoch + 1, step, course.learningRate);
  stepper.lossSum += lossSum;
  stepper.examples += examples;
}

/** Adds ∂Ω/∂wᵢ = 2λ Σⱼ (wᵢ − wⱼ) = 2λg (wᵢ − w̄) for the g members that step now, summed in member order. */
function addTyingGradient(steppers: readonly Stepper[], strength: number): void {
  const all = steppers.map(({ course }) => course.tying.lockstep.tied);
  const members = all.length;
  const layers = all[0]?.length ?? 0;
  for (let layer = 0; layer < layers; layer++) {
    const length = all[0]![layer]!.weights.length;
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (let m = 0; m < members; m++) sum += all[m]![layer]!.weights[i]!;
      for (let m = 0; m < members; m++) {
        const { weights, gradient } = all[m]![layer]!;
        gradient[i]! += 2 * strength * (members * weights[i]! - sum);
      }
    }
  }
}

/** Updates the member, and ends its epoch after the last step. */
async function finishStep(stepper: Stepper): Promise<void> {
  const { trainer, tying } = stepper.course;
  tying.lockstep.applyGradient();
  stepper.step++;
  if (stepper.step < trainer.stepsPerEpoch) return;
  const loss = stepper.lossSum / stepper.examples;
  Object.assign(stepper, { step: 0, lossSum: 0, examples: 0 });
  await stepper.course.endEpoch(loss);
}

/** Writes the group's progress to the slot's record: that of its member with the most steps to go. */
function progressOf(control: ControlBlock, { slot, members }: LocalGroupJob, steppers: readonly Stepper[]) {
  const stepsOf = ({ course, place }: Stepper) => members[place]!.until * course.trainer.stepsPerEpoch;
  const longest = steppers.reduce<Stepper | null>(
    (best, stepper) => (best === null || stepsOf(stepper) > stepsOf(best) ? stepper : best),
    null,
  );
  if (longest === null) return () => undefined;
  const { member, until } = members[longest.place]!;
  const { trainer, epoch } = longest.course;
  control.begin(slot, member, until, trainer.stepsPerEpoch, epoch);
  return (stepped: readonly Stepper[]) => {
    if (!stepped.includes(longest)) return;
    if (longest.step > 0) control.step(slot, longest.step);
    else control.endEpoch(slot, longest.course.epoch, Number.NaN);
  };
}

/** Bytes of the arena a member of a group takes, and with them the place of the next. */
function arenaBytesOf({ training, spec }: LocalGroupMemberJob): number {
  const { layout, task } = training;
  const draw = drawFromMemory(training, spec);
  const sizes = arenaSizes(layout, draw.inBag.length);
  return alignRegion(arenaBytes(spec, layout.dataset.features, task, sizes));
}
