// What a calibration does, as text and for programs.

import type { Calibration } from '../calibration/calibration.js';
import { calibrationMethods, isIdentity } from '../calibration/methods.js';
import type { Task } from '../data/dataset/dataset.js';
import { metrics } from '../measure/metrics/metrics.js';
import { shortened, visible } from '../plain-text.js';
import { counted, figure } from './words.js';

/** Whether probabilities are other than the members give them: not where that was no better on rows left out. */
export function movesProbabilities(calibration: Calibration, task: Task): boolean {
  return task.kind === 'classification' && !isIdentity(calibration, task.classes.length);
}

/** How it was fitted, what it does to rows that it was not fitted on, and from where on the second class is predicted. */
export function calibrationLines(calibration: Calibration, task: Task): string[] {
  return [...methodLines(calibration, task), ...thresholdLines(calibration, task)];
}

function methodLines(calibration: Calibration, task: Task): string[] {
  const { method, rows, rowsFrom, parameters, figures } = calibration;
  if (method === null || figures === null) return [];
  const { title } = calibrationMethods.get(method);
  const degrees = method === 'temperature' ? `, T = ${figure(parameters[0]!, 4)}` : '';
  const out = rowsFrom === 'outOfBag';
  const on = `${counted(rows, 'row')} ${out ? 'out of bag, as all members would predict them' : 'held out'}`;
  const { before, after, folds } = figures;
  const change = (name: 'logLoss' | 'ece') => `${figure(before[name], 4)} → ${figure(after[name], 4)}`;
  return [
    movesProbabilities(calibration, task)
      ? `Calibrated by ${title}${degrees}, on ${on}`
      : `Not calibrated: ${title} on ${on} does not lower the log-loss of rows left out beyond chance`,
    `  log-loss ${change('logLoss')}, calibration error ${change('ece')} on rows it was not fitted on (${folds} folds)`,
  ];
}

function thresholdLines({ threshold }: Calibration, task: Task): string[] {
  if (threshold === null || task.kind === 'regression') return [];
  const { value, criterion, figures } = threshold;
  const positive = shortened(visible(task.classes[1]!), 40);
  const from = `${positive} (the positive class) is predicted from a probability of ${figure(value, 4)} on`;
  if (criterion === null || figures === null) return [from];
  const title = metrics.has(criterion) ? metrics.get(criterion).title : criterion;
  const scores = `${title} ${figure(figures.chosen, 4)} on rows it was not chosen on, by 0.5 ${figure(figures.half, 4)}`;
  return [
    figures.chosen > figures.half ? from : `${from}, as no other threshold does better on rows left out`,
    `  ${scores}`,
  ];
}

/** The same for programs; null where there is none. */
export function calibrationJson(calibration: Calibration | null, task: Task): object | null {
  if (calibration === null || task.kind === 'regression') return null;
  const positive = calibration.threshold === null ? {} : { positiveClass: task.classes[1] };
  return { ...calibration, movesProbabilities: movesProbabilities(calibration, task), ...positive };
}
