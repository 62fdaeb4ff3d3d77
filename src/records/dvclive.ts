// Records in the layout of DVCLive, which DVC and its extension for VS Code read and git can compare: metrics.json the newest
// values, plots/metrics a table per number and epoch, plots/sklearn what is drawn of the test rows, params.yaml, and
// dvc.yaml, which says where all that is. **Source:** dvc.org/doc/dvclive/how-it-works.

import { join } from 'node:path';
import type { EpochRecord } from '../ensemble/ensemble.js';
import type { EnsemblePlan } from '../model/spec.js';
import type { FileQueue } from './file-queue.js';
import { planParameters } from './parameters.js';
import { type Ending, epochValues, meanHistory, memberName, type RecordSink } from './sink.js';
import { type SklearnPlot, sklearnPlots } from './sklearn-plots.js';

const METRICS = 'metrics.json';
const PARAMETERS = 'params.yaml';

export class DvcLiveSink implements RecordSink {
  readonly #folder: string;
  readonly #queue: FileQueue;
  readonly #yaml: (value: unknown) => string;
  /** Tables that are begun. */
  readonly #begun = new Set<string>();
  /** The last epoch of any member. */
  #step = 0;

  /** @param yaml writes a value as YAML. */
  constructor(folder: string, queue: FileQueue, yaml: (value: unknown) => string) {
    this.#folder = folder;
    this.#queue = queue;
    this.#yaml = yaml;
  }

  plan(plan: EnsemblePlan): void {
    this.#write(PARAMETERS, this.#yaml(planParameters(plan)));
    this.#write('dvc.yaml', this.#yaml(dvcYaml(null)));
  }

  epoch(member: number, record: EpochRecord, at: number): void {
    this.#step = Math.max(this.#step, record.epoch);
    for (const [name, value] of epochValues(record))
      this.#row(`${memberName(member)}/${name}`, record.epoch, value, at);
  }

  restart(member: number): void {
    const own = `${memberName(member)}/`;
    for (const table of [...this.#begun].filter((name) => name.startsWith(own))) this.#begun.delete(table);
  }

  end({ ensemble, figures }: Ending, at: number): void {
    if (ensemble === null) return;
    const means = meanHistory(ensemble);
    for (const { epoch, values } of means)
      for (const [name, value] of values) this.#row(`mean/${name}`, epoch, value, at);
    const last = means.at(-1)?.values ?? [];
    const summary = {
      step: this.#step,
      mean: nested(Object.fromEntries(last)),
      ...Object.fromEntries(figures.map(({ rows, metrics }) => [rows, nested(metrics)])),
    };
    this.#write(METRICS, `${JSON.stringify(summary, null, 2)}\n`);
    const plots = plotsOf(figures);
    for (const { name, data } of plots) this.#write(`plots/sklearn/${name}.json`, JSON.stringify(data));
    this.#write('dvc.yaml', this.#yaml(dvcYaml(plots)));
  }

  /** A line of the table of one number. */
  #row(name: string, step: number, value: number, at: number): void {
    const path = join(this.#folder, 'plots', 'metrics', ...`${name}.tsv`.split('/'));
    const row = `${at}\t${step}\t${value}\n`;
    if (this.#begun.has(name)) this.#queue.append(path, row);
    else this.#queue.replace(path, `timestamp\tstep\t${name.split('/').at(-1)}\n${row}`);
    this.#begun.add(name);
  }

  #write(name: string, text: string): void {
    this.#queue.replace(join(this.#folder, ...name.split('/')), text);
  }
}

/** Those of the test rows, or else of those out of bag. */
function plotsOf(figures: Ending['figures']): SklearnPlot[] {
  const shown = figures.find(({ rows }) => rows === 'test') ?? figures[0];
  return shown === undefined ? [] : sklearnPlots(shown.curves);
}

/** @param plots null while the training goes on: then there are tables alone. */
function dvcYaml(plots: readonly SklearnPlot[] | null): object {
  const tables = { 'plots/metrics': { x: 'step' } };
  if (plots === null) return { params: [PARAMETERS], plots: [tables] };
  const drawn = plots.map(({ name, config }) => ({ [`plots/sklearn/${name}.json`]: config }));
  return { params: [PARAMETERS], metrics: [METRICS], plots: [tables, ...drawn] };
}

/** `a/b` as b within a. A name that others begin with is theirs too: `rmse`, beside `rmse/price`, is `rmse` alone. */
function nested(values: Readonly<Record<string, number>>): object {
  const tree: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const [first, ...rest] = name.split('/');
    const below = tree[first!];
    if (rest.length === 0) tree[first!] ??= value;
    else if (below === undefined) tree[first!] = { [rest.join('/')]: value };
    else if (typeof below === 'object') Object.assign(below as object, { [rest.join('/')]: value });
    else tree[name] = value;
  }
  return tree;
}
