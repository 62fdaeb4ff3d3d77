// The members of a playground's ensemble as they come: what they are worth on the held-out rows together, what they say of
// the plane, and in the end what tutti's own measurement says of all of them.

import { contentHash } from '../bundle/content-hash.js';
import { ensembleToBytes } from '../bundle/save.js';
import type { Dataset } from '../data/dataset/dataset.js';
import type { TrainedMember } from '../ensemble/ensemble.js';
import { evaluateEnsemble } from '../ensemble/evaluate/evaluate.js';
import { createBlockPredictor } from '../ensemble/predict/predictors.js';
import { ErrorSums } from '../live/error-sums.js';
import { allocateShared } from '../memory/uncounted-bytes.js';
import { BLOCK_ROWS, blockRanges, targetBlock } from '../predictions/blocks.js';
import { listRuns } from '../training/plan/runs.js';
import { listStrands } from '../training/plan/strands.js';
import type {
  ArrivalMessage,
  Beginning,
  Ending,
  MemberMessage,
  Plane,
  Recipe,
  Surface,
} from './client/protocol.js';
import { arraysOf } from './datasets.js';
import { collected, ensembleOf, type Planned, planOf } from './recipe.js';

/** Points along an edge of the plane that are predicted. */
const SIDE = 56;
/** Of intervals: each resamples a few hundred rows. */
const REPLICATES = 400;

export class MeasuredMembers {
  readonly #recipe: Recipe;
  readonly #planned: Planned;
  readonly #members: TrainedMember[] = [];
  readonly #plane: Plane | null;
  readonly #sums: ErrorSums;
  readonly #targets: ReturnType<typeof targetBlock>;
  /** Σᵢ of the second class's probability at each point of the plane. */
  readonly #surface = new Float64Array(SIDE * SIDE);

  constructor(recipe: Recipe) {
    this.#recipe = recipe;
    this.#planned = planOf(recipe);
    const { train, test } = this.#planned;
    this.#plane = planeOf(train);
    this.#targets = targetBlock(test, null, { start: 0, end: test.rows });
    this.#sums = new ErrorSums(this.#targets, test.task.classes.length);
  }

  get beginning(): Beginning {
    const { plan } = this.#planned;
    return {
      strands: listStrands(listRuns(plan)).map(({ key }) => key),
      rows: arraysOf(this.#recipe.dataset).train,
      arithmetic: plan.arithmetic,
      plane: this.#plane,
    };
  }

  /** A member is there. */
  async add(message: MemberMessage): Promise<ArrivalMessage> {
    const member = asMember(message);
    this.#members.push(member);
    const { test } = this.#planned;
    const probabilities = await this.#predict(member, test);
    const places = Uint32Array.from({ length: test.rows }, (_, row) => row);
    this.#sums.add(places, probabilities);
    this.#sums.arrived++;
    const { squaredError, errorRate } = this.#sums.point();
    return {
      ...{ arrived: this.#sums.arrived, member: member.index, ...this.#sums.moments(), squaredError },
      errorRate: errorRate!,
      memberErrorRate: this.#errorRateOf(probabilities),
      surface: await this.#surfaceWith(member),
    };
  }

  /** Measures the members that are there. @throws ERR_BUNDLE when there is none. */
  async finish(): Promise<Ending> {
    const ensemble = ensembleOf(this.#planned, this.#members);
    const { errorCorrelation, scores, meanMember, curves } = await evaluateEnsemble(
      ensemble,
      this.#planned.test,
      { replicates: REPLICATES },
    );
    const { v, c, rho, predicted, measured, effectiveMembers } = errorCorrelation;
    const { value, interval } = scores!.scores.find(({ name }) => name === 'accuracy')!;
    const points = curves?.arithmeticMean ?? [];
    return {
      ...{
        contentHash: contentHash(ensemble),
        complete: ensemble.complete,
        members: ensemble.members.length,
      },
      ...{ v, c, rho, predicted, measured, effectiveMembers },
      ...{ errorRate: 1 - value!, meanMemberErrorRate: meanMember.errorRate! },
      interval: interval && { low: 1 - interval.high, high: 1 - interval.low },
      subsets: points.map(({ memberCount, scores }) => [memberCount, scores.squaredError]),
    };
  }

  /** The members that are there as a saved ensemble. @throws ERR_BUNDLE when there is none. */
  async toBytes(): Promise<Uint8Array> {
    return ensembleToBytes(await collected(this.#planned, this.#members));
  }

  /** Probabilities of rows, [rows, classes]. */
  async #predict(member: TrainedMember, { x, rows }: Pick<Dataset, 'x' | 'rows'>): Promise<Float64Array> {
    const predictor = await createBlockPredictor(ensembleOf(this.#planned, [member]), BLOCK_ROWS);
    const classes = this.#planned.train.task.classes.length;
    const all = new Float64Array(rows * classes);
    try {
      for (const range of blockRanges(rows)) {
        const [predictions] = await predictor.predictBlock(x, range, null);
        all.set(predictions!.mean, range.start * classes);
      }
    } finally {
      predictor.dispose();
    }
    return all;
  }

  /** The first of several classes that are as likely is taken. */
  #errorRateOf(probabilities: Float64Array): number {
    const { labels, rows } = this.#targets;
    const classes = probabilities.length / rows;
    let wrong = 0;
    for (let row = 0; row < rows; row++) {
      const own = probabilities.subarray(row * classes, (row + 1) * classes);
      if (own.indexOf(Math.max(...own)) !== labels[row]) wrong++;
    }
    return wrong / rows;
  }

  async #surfaceWith(member: TrainedMember): Promise<Surface | null> {
    if (this.#plane === null) return null;
    const { low, high } = this.#plane;
    const at = (place: number) => low + ((place + 0.5) * (high - low)) / SIDE;
    const x = Float64Array.from({ length: 2 * SIDE * SIDE }, (_, place) => {
      const point = Math.floor(place / 2);
      return place % 2 === 0 ? at(point % SIDE) : at(Math.floor(point / SIDE));
    });
    const probabilities = await this.#predict(member, { x, rows: SIDE * SIDE });
    const own = Float32Array.from({ length: SIDE * SIDE }, (_, point) => probabilities[2 * point + 1]!);
    own.forEach((probability, point) => {
      this.#surface[point]! += probability;
    });
    const arrived = this.#members.length;
    return { side: SIDE, mean: Float32Array.from(this.#surface, (sum) => sum / arrived), member: own };
  }
}

function asMember({ parameters, ...others }: MemberMessage): TrainedMember {
  const shared = new Float32Array(allocateShared(parameters.byteLength));
  shared.set(parameters);
  return { ...others, parameters: shared, model: null };
}

function planeOf({ x, rows, features, labels }: Dataset): Plane | null {
  if (features !== 2) return null;
  const reach = Math.max(...Array.from(x, Math.abs)) + 0.2;
  const points = Float32Array.from({ length: 2 * rows }, (_, at) => x[at]!);
  return { low: -reach, high: reach, points, labels: Uint8Array.from(labels!) };
}
