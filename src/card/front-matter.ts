// The head of a card: YAML that Hugging Face reads, with the figures as its model index. Values go through a YAML writer,
// so that no name can end it.

import type { Task } from '../data/dataset/dataset.js';
import { shortened, visible } from '../plain-text.js';
import { type CardFacts, measuredRows } from './card-facts.js';
import { cardScores } from './card-scores.js';

/** What Hugging Face calls metrics that it has another name for. **Source:** huggingface.co/metrics. */
const KNOWN: Readonly<Partial<Record<string, string>>> = {
  auroc: 'roc_auc',
  mcc: 'matthews_correlation',
  r2: 'r_squared',
};

/** Parts of another score, which say nothing by themselves. */
const PARTS = new Set(['reliability', 'resolution', 'uncertainty', 'binningResidual']);

const TASKS = {
  classification: { type: 'tabular-classification', name: 'Tabular Classification' },
  regression: { type: 'tabular-regression', name: 'Tabular Regression' },
} as const satisfies Record<Task['kind'], object>;

/** The data of the head. */
export function frontMatter(facts: CardFacts): object {
  const { ensemble, license } = facts;
  const task = TASKS[ensemble.task.kind];
  const targets = ensemble.task.kind === 'regression' ? ensemble.task.targets : [];
  const results = measuredRows(facts).flatMap(({ rows, title, measurement }) => {
    const scores = cardScores(measurement, targets).filter(({ name }) => !PARTS.has(name));
    if (scores.length === 0) return [];
    const metrics = scores.map(({ name, title: metric, value }) => ({
      type: KNOWN[name] ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
      name: `${metric}, ${title}`,
    }));
    return [{ task, dataset: datasetOf(facts, rows), metrics }];
  });
  const types = [...new Set(results.flatMap(({ metrics }) => metrics.map(({ type }) => type)))];
  return {
    ...(license === null ? {} : { license: inline(license) }),
    library_name: 'tutti',
    pipeline_tag: task.type,
    tags: ['tutti', 'ensemble', 'tabular', ensemble.task.kind],
    ...(types.length === 0 ? {} : { metrics: types }),
    // Without results there is no index: Hugging Face refuses an empty one.
    ...(results.length === 0 ? {} : { 'model-index': [{ name: inline(facts.name), results }] }),
  };
}

function datasetOf({ dataName, ensemble }: CardFacts, rows: 'test' | 'outOfBag'): object {
  const named = dataName === null ? 'the training file' : inline(dataName);
  return {
    type: 'tabular',
    name: named,
    split: rows === 'test' ? 'test' : 'train (out of bag)',
    revision: ensemble.datasetHash,
  };
}

/** As one line that can be seen. */
function inline(text: string): string {
  return visible(shortened(text, 200));
}
