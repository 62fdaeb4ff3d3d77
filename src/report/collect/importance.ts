// Which columns matter, and how predictions go with those that matter most.

import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import type { CombineOptions } from '../../ensemble/predict/predict.js';
import { type PartialDependence, partialDependence } from '../../explain/partial-dependence.js';
import { permutationImportance } from '../../explain/permutation-importance.js';
import { metrics } from '../../measure/metrics/metrics.js';
import type { DependenceData, ImportanceData } from '../page/page-data.js';
import type { RowsPart } from './collect-set.js';

/** Columns that are listed, and those whose curves are drawn. */
const SHOWN = 15;
const CURVES = 3;
/** Twice each column on so many rows that a hundred columns take as long as predicting ten thousand rows a few times. */
const REPEATS = 2;
const PREDICTED = 60_000;
const ROWS = { least: 100, most: 500 };
const DEPENDENCE_ROWS = 150;
const POINTS = 12;
/** Classes whose probabilities are drawn. */
const MOST_OUTPUTS = 4;

export async function importanceOf(
  ensemble: TrainedEnsemble,
  { dataset, rowsFrom }: RowsPart,
  options: CombineOptions,
): Promise<{ readonly importance: ImportanceData | null; readonly dependence: readonly DependenceData[] }> {
  const columns = ensemble.preprocessing?.features.length ?? dataset.features;
  const share = Math.floor(PREDICTED / (REPEATS * Math.max(1, columns)));
  const maxRows = Math.min(ROWS.most, Math.max(ROWS.least, share));
  const found = await permutationImportance(ensemble, dataset, {
    ...options,
    rowsFrom,
    maxRows,
    repeats: REPEATS,
  });
  const listed = found.columns.filter(({ importance }) => importance !== null).slice(0, SHOWN);
  const importance: ImportanceData = {
    ...{ metric: found.metric, title: metrics.get(found.metric).title, rowsFrom, rows: found.rows },
    ...{ repeats: found.repeats, of: found.columns.length },
    columns: listed.map(({ name, importance: own, repeatSpread, memberMean, memberSpread }) => ({
      ...{ name, importance: own!, repeatSpread, memberMean, memberSpread },
    })),
  };
  const top = listed
    .filter((column) => column.importance! > 0)
    .slice(0, CURVES)
    .map(({ name }) => name);
  const curves = await partialDependence(ensemble, dataset, top, {
    ...options,
    maxRows: DEPENDENCE_ROWS,
    points: POINTS,
  });
  return { importance, dependence: curves.map(dependenceData) };
}

/** Of many classes those whose curves move most. */
function dependenceData({
  column,
  kind,
  values,
  outputs,
  mean,
  spread,
  rows,
}: PartialDependence): DependenceData {
  const width = outputs.length;
  const at = (output: number) => values.map((_, place) => mean[place * width + output]!);
  const reach = (output: number) => Math.max(...at(output)) - Math.min(...at(output));
  const chosen = outputs
    .map((_, output) => output)
    .sort((a, b) => reach(b) - reach(a) || a - b)
    .slice(0, width === 2 ? 1 : MOST_OUTPUTS)
    .sort((a, b) => a - b);
  return {
    ...{ column, kind, rows, values: values.map(String) },
    outputs: chosen.map((output) => ({
      name: outputs[output]!,
      points: values.map((value, place) => {
        const y = mean[place * width + output]!;
        const sd = spread?.[place * width + output] ?? null;
        const x = typeof value === 'number' ? value : place;
        return sd === null ? { x, y } : { x, y, low: y - sd, high: y + sd };
      }),
    })),
  };
}
