// The face of a trained ensemble: everything that is done with one, a line each over the functions on its plain record.

import type { EnsembleSource } from '../bundle/byte-source.js';
import { contentHash } from '../bundle/content-hash.js';
import type { InspectedEnsemble, LoadEnsembleOptions } from '../bundle/load.js';
import type { SavedEnsemble, SaveOptions } from '../bundle/save.js';
import type { Calibration } from '../calibration/calibration.js';
import type { ModelCardOptions } from '../card/model-card.js';
import type { Conformity } from '../conformal/conformity.js';
import type { MeasuredCoverage } from '../conformal/measured-coverage.js';
import type { Dataset, Encoding, Task, TaskKind } from '../data/dataset/dataset.js';
import type { TrainingFacts } from '../data/dataset/training-facts.js';
import type { Preprocessing } from '../data/preprocessing/preprocessing.js';
import type { DataRecord } from '../data/table/record-table.js';
import type { Distilled } from '../distillation/distillation.js';
import type { DistillOptions } from '../distillation/options.js';
import type { FailedMember, RetriedMember, TrainedEnsemble, TrainedMember } from '../ensemble/ensemble.js';
import type { CalibrateOptions } from '../ensemble/evaluate/calibrate-ensemble.js';
import type { ConformaliseOptions, MeasuredCoverageOptions } from '../ensemble/evaluate/conformalise.js';
import type { EvaluateOptions, OutOfBagOptions } from '../ensemble/evaluate/evaluate.js';
import type { OutOfBagPredictions } from '../ensemble/evaluate/predict-out-of-bag.js';
import { type MemberAccount, memberAccount } from '../ensemble/member-account.js';
import { withAveragingWeights } from '../ensemble/predict/averaging-weights.js';
import type { ArrayInputs, Inputs } from '../ensemble/predict/inputs.js';
import { checkDataset } from '../ensemble/predict/inputs.js';
import type { CombineOptions, PredictOptions } from '../ensemble/predict/predict.js';
import type { MemberPredictionOptions } from '../ensemble/predict/predict-members.js';
import type { UncertainPredictions } from '../ensemble/predict/predict-uncertainty.js';
import { type Pruned, type PruneOptions, pruneEnsemble } from '../ensemble/select/prune-members.js';
import {
  type MemberSelection,
  type SelectionOptions,
  selectMembers,
} from '../ensemble/select/select-members.js';
import type { WireError } from '../errors.js';
import type { DiagnoseOptions, Diagnosis } from '../explain/diagnose.js';
import type { DependenceOptions, PartialDependence } from '../explain/partial-dependence.js';
import type { ImportanceOptions, PermutationImportance } from '../explain/permutation-importance.js';
import type { ExportOptions } from '../exports/formats.js';
import type { Baseline } from '../measure/baseline/baseline.js';
import { fitBaseline } from '../measure/baseline/fit-baseline.js';
import type { EnsemblePlan, ModuleSpec } from '../model/spec.js';
import type { Predictions } from '../predictions/predictions.js';
import type { RefitOptions, Refitted } from '../refitting/options.js';
import type { Leaderboard } from '../studies/leaderboard/leaderboard.js';
import type { LeaderboardOptions } from '../studies/leaderboard/leaderboard-of-rows.js';
import type { ExtendOptions } from '../training/extend-ensemble.js';
import type { TrainingSettings } from '../training/session/training-settings.js';
import { leaderboard } from './comparisons.js';
import { distillEnsemble } from './distilled.js';
import { extendEnsemble } from './every-core.js';
import { diagnose, partialDependence, permutationImportance } from './explained.js';
import { exportEnsemble } from './export-ensemble.js';
import {
  conformaliseRows,
  datasetOf,
  evaluateRows,
  evaluateTrainingRows,
  type LabelledInputs,
  measureRowCoverage,
  predictTrainingRows,
} from './labelled-rows.js';
import { calibrateEnsemble, predictMembers } from './many-rows.js';
import { modelCard } from './model-cards.js';
import {
  loadPredictor,
  type PredictedArrays,
  type PredictedRecords,
  type Predictor,
  predictOnce,
} from './predictor.js';
import { refitEnsemble } from './refitted.js';
import type { Report } from './report.js';
import { type ReportOptions, type ReportPage, reportEnsemble } from './report-page.js';
import { ensembleToBytes, inspectEnsemble, loadEnsemble, saveEnsemble } from './saved-ensembles.js';
import { type UncertainRecords, uncertaintyOfRows } from './uncertain-rows.js';

/** A saved ensemble and what its file says beside it. */
export interface InspectedFile extends Omit<InspectedEnsemble, 'ensemble'> {
  readonly ensemble: Ensemble;
}

/**
 * A trained ensemble, with all fields of its plain record: it may be given wherever one is taken. `Kind` is its task's,
 * where that is known before the program runs.
 */
export class Ensemble<Kind extends TaskKind = TaskKind> implements TrainedEnsemble<Kind> {
  readonly plan: EnsemblePlan;
  readonly task: Task<Kind>;
  readonly features: number;
  readonly encoding: Encoding;
  readonly preprocessing: Preprocessing | null;
  readonly datasetHash: string;
  declare readonly allowedModules?: readonly ModuleSpec[];
  declare readonly isolate?: 'process';
  readonly trainedOn: TrainingFacts | null;
  readonly members: readonly TrainedMember[];
  readonly failures: readonly FailedMember[];
  declare readonly retried?: readonly RetriedMember[];
  declare readonly checkpointError?: WireError;
  readonly complete: boolean;
  readonly wallMs: number | null;
  readonly executors: readonly string[];
  readonly baseline: Baseline | null;
  readonly calibration: Calibration | null;
  readonly conformity: Conformity | null;

  constructor(record: TrainedEnsemble<Kind>) {
    this.plan = record.plan;
    this.task = record.task;
    this.features = record.features;
    this.encoding = record.encoding;
    this.preprocessing = record.preprocessing;
    this.datasetHash = record.datasetHash;
    if (record.allowedModules !== undefined) this.allowedModules = record.allowedModules;
    if (record.isolate !== undefined) this.isolate = record.isolate;
    this.trainedOn = record.trainedOn;
    this.members = record.members;
    this.failures = record.failures;
    if (record.retried !== undefined) this.retried = record.retried;
    if (record.checkpointError !== undefined) this.checkpointError = record.checkpointError;
    this.complete = record.complete;
    this.wallMs = record.wallMs;
    this.executors = record.executors;
    this.baseline = record.baseline;
    this.calibration = record.calibration;
    this.conformity = record.conformity;
  }

  /** Loads a saved ensemble from a file, by its path or URL, or from its bytes. None of the code that it names is run. */
  static async load(source: EnsembleSource, options?: LoadEnsembleOptions): Promise<Ensemble> {
    return methodsOf(await loadEnsemble(source, options));
  }

  /** The same together with its content hash, its environment and the report stored with it. */
  static async inspect(source: EnsembleSource, options?: LoadEnsembleOptions): Promise<InspectedFile> {
    const inspected = await inspectEnsemble(source, options);
    return { ...inspected, ensemble: methodsOf(inspected.ensemble) };
  }

  /** Plain data, which threads may be sent: the fields without the methods. */
  get record(): TrainedEnsemble<Kind> {
    return { ...this };
  }

  /** How many members stand behind its figures, and what became of the others. */
  account(): MemberAccount {
    return memberAccount(this);
  }

  /**
   * Its model card, in Markdown with a head in YAML: what it is, is for and is worth. `Ensemble.inspect` gives the report and
   * the environment that a file has.
   */
  card(options?: ModelCardOptions): Promise<string> {
    return modelCard(this, options);
  }

  /** SHA-256 of what determines the ensemble and of its members' bytes, hexadecimal. */
  contentHash(): string {
    return contentHash(this);
  }

  /**
   * Predicts rows in the user's units. Records are answered by an object each: `{ label, probabilities }`, or `{ value,
   * values, deviation }`; numbers, a dataset or a table by arrays. With a `coverage` they carry a `set` of classes, or an
   * `interval`, that holds the truth so often; arrays carry `sets`, or `lower` and `upper`.
   * @throws ERR_SHAPE for numbers that are no whole rows, ERR_DATA naming row and column of a value that does not fit.
   */
  predict<const Records extends readonly DataRecord[]>(
    records: Records,
    options?: PredictOptions,
  ): Promise<PredictedRecords<Kind, Records>>;
  predict(rows: ArrayInputs, options?: PredictOptions): Promise<PredictedArrays<Kind>>;
  async predict(inputs: Inputs, options?: PredictOptions): Promise<unknown> {
    return predictOnce(this, inputs, options);
  }

  /**
   * Predicts rows and says where the uncertainty of each comes from: entropies of classes in nats, variances of numbers.
   * Records are answered by an object each: `{ prediction, total, aleatoric, epistemic }`; all else by arrays.
   * @throws as `predict`.
   */
  uncertainty<const Records extends readonly DataRecord[]>(
    records: Records,
    options?: CombineOptions,
  ): Promise<UncertainRecords<Kind, Records>>;
  uncertainty(rows: ArrayInputs, options?: CombineOptions): Promise<UncertainPredictions>;
  async uncertainty(inputs: Inputs, options?: CombineOptions): Promise<unknown> {
    return uncertaintyOfRows(this, inputs, options);
  }

  /** Loads the members once, for many predictions of one row or of many. To be disposed of, as by `using`. */
  async predictor(options?: PredictOptions): Promise<Predictor<Kind>> {
    return loadPredictor(this, options);
  }

  /** Each member's own predictions, in the order of `members`. */
  async predictMembers(inputs: Inputs, options?: MemberPredictionOptions): Promise<Predictions[]> {
    return predictMembers(this, inputs, options);
  }

  /** Measures it on rows that it was not trained on, whose targets are known. */
  async evaluate(rows: LabelledInputs, options?: EvaluateOptions): Promise<Report<Kind>> {
    return evaluateRows(this, rows, options);
  }

  /**
   * Measures it on the rows it was trained on, each by the members that never saw it.
   * @throws ERR_DATA when the dataset is another, or when every member saw every row, as without resampling.
   */
  async evaluateOutOfBag(train: Dataset, options?: OutOfBagOptions): Promise<Report<Kind>> {
    return evaluateTrainingRows(this, train, options);
  }

  /**
   * Predicts the rows it was trained on, each by the members that never saw it.
   * @throws ERR_DATA as `evaluateOutOfBag`.
   */
  async predictOutOfBag(train: Dataset, options?: CombineOptions): Promise<OutOfBagPredictions> {
    return predictTrainingRows(this, train, options);
  }

  /**
   * Its report as one page: what averaging bought, how far to trust it, what to look at.
   * @param rows those it was trained on, which are judged out of bag, with any that were held out of them; or others.
   */
  async report(rows: LabelledInputs, options?: ReportOptions): Promise<ReportPage> {
    return reportEnsemble(this, rows, options);
  }

  /**
   * The ensemble with calibrated probabilities, and a decision threshold where one is asked for: fitted on the rows it was
   * trained on, each by the members that never saw it, or on others. Its `calibration` says what that did.
   * @throws ERR_OPTION for a regression, ERR_DATA for too few rows, or rows of one class.
   */
  async calibrate(rows: LabelledInputs, options?: CalibrateOptions): Promise<Ensemble<Kind>> {
    return methodsOf({ ...(await calibrateEnsemble(this, datasetOf(this, rows), options)), task: this.task });
  }

  /**
   * What it owes to each of its members, on rows that it was not trained on: their scores, how their errors go with the
   * others', and what it would be without them.
   */
  async leaderboard(rows: LabelledInputs, options?: LeaderboardOptions): Promise<Leaderboard> {
    return leaderboard(this, datasetOf(this, rows), options);
  }

  /**
   * The ensemble with rows scored that its guarantees rest on: its training rows, each by the members that never saw it, or
   * rows that it was not trained on. Then `predict` takes a `coverage`.
   */
  async conformalise(rows: LabelledInputs, options?: ConformaliseOptions): Promise<Ensemble<Kind>> {
    return methodsOf(await conformaliseRows(this.record, rows, options));
  }

  /** How often its intervals, or sets of classes, hold the truth of rows that it was not trained on. */
  async measureCoverage(
    rows: LabelledInputs,
    options: MeasuredCoverageOptions,
  ): Promise<MeasuredCoverage<Kind>> {
    return measureRowCoverage(this, rows, options);
  }

  /**
   * How much each column matters to it: how much worse its score becomes when every row is given the value of another one.
   * On the rows it was trained on, by the members that saw neither; else on rows that it was not trained on.
   */
  async importance(rows: LabelledInputs, options?: ImportanceOptions): Promise<PermutationImportance> {
    return permutationImportance(this, datasetOf(this, rows), options);
  }

  /** What it, and each member, predicts on average when a column has a certain value in every row. */
  async partialDependence(
    rows: LabelledInputs,
    columns: readonly string[],
    options?: DependenceOptions,
  ): Promise<readonly PartialDependence[]> {
    return partialDependence(this, datasetOf(this, rows), columns, options);
  }

  /** Where it does badly: single rows, suspected errors of labels, and slices that are worse than the rest. */
  async diagnose(rows: LabelledInputs, options?: DiagnoseOptions): Promise<Diagnosis> {
    return diagnose(this, datasetOf(this, rows), options);
  }

  /**
   * One net that answers as its members' average does, trained on what that says of rows and of perturbed copies of them, with
   * how near it is on rows held out. The net is an ensemble of one, to be used, saved and exported as any other.
   * @param rows best those it was trained on; a fifth of them is held out where no `heldOut` are given.
   */
  async distill(rows: LabelledInputs, options?: DistillOptions): Promise<Distilled<Ensemble<Kind>>> {
    const { ensemble, report } = await distillEnsemble(this.record, rows, options);
    return { ensemble: methodsOf(ensemble), report };
  }

  /**
   * The members once more, as they were set and for as long as each was trained, on all rows given, with what that is worth where it
   * can be said.
   */
  async refit(rows: LabelledInputs, options?: RefitOptions): Promise<Refitted<Ensemble<Kind>>> {
    const { ensemble, report } = await refitEnsemble(this.record, rows, options);
    return { ensemble: methodsOf(ensemble), report };
  }

  /**
   * Keeps the members whose average is best, so many of them, with what leaving out the others costs.
   * @param dataset rows that no member was trained on, or with `outOfBag` the training rows.
   */
  async prune(dataset: Dataset, options: PruneOptions): Promise<Pruned<Ensemble<Kind>>> {
    const { ensemble, report } = await pruneEnsemble(this, dataset, options);
    return { ensemble: methodsOf({ ...ensemble, task: this.task }), report };
  }

  /** Chooses how much each member counts, on rows that it was not trained on; `withWeights` takes the weights. */
  async select(dataset: Dataset, options?: SelectionOptions): Promise<MemberSelection> {
    return selectMembers(this, dataset, options);
  }

  /** The same members with these weights in every average, one each and ≥ 0; null: equal ones. */
  withWeights(averagingWeights: readonly number[] | null): Ensemble<Kind> {
    return methodsOf({ ...withAveragingWeights(this, averagingWeights), task: this.task });
  }

  /**
   * The ensemble with what it should beat, fitted on its training rows: `evaluate` then says by how much it does, and `save` keeps
   * it. `tutti train` does so.
   */
  withBaseline(train: Dataset): Ensemble<Kind> {
    checkDataset(this, train);
    return methodsOf({ ...this.record, baseline: fitBaseline(train), task: this.task });
  }

  /** The ensemble with more members, trained on the same dataset; those there are stay as they are. */
  async extend(train: Dataset, options: ExtendOptions, settings?: TrainingSettings): Promise<Ensemble<Kind>> {
    return methodsOf({ ...(await extendEnsemble(this, train, options, settings)), task: this.task });
  }

  /** The bytes of a file of another format: the whole of it, for programs without tutti. */
  async export(options: ExportOptions): Promise<Uint8Array> {
    return exportEnsemble(this, options);
  }

  /** Saves it to a file, by its path or URL, which is there whole or not at all; `toBytes` gives its bytes. */
  async save(path: string | URL, options?: SaveOptions): Promise<SavedEnsemble> {
    return saveEnsemble(this, path, options);
  }

  /** The bytes of the file that `save` writes. */
  async toBytes(options?: Omit<SaveOptions, 'signal'>): Promise<Uint8Array> {
    return ensembleToBytes(this, options);
  }
}

/** Outside of the class: bundlers rename one that names itself, and users are shown its name. */
function methodsOf<Kind extends TaskKind>(record: TrainedEnsemble<Kind>): Ensemble<Kind> {
  return new Ensemble(record);
}
