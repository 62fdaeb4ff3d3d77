// Sections 14 and 15: what it costs, and how to make it again.

import { html } from '../page/markup.js';
import type { PageData } from '../page/page-data.js';
import { factsMarkup, lead } from '../page/parts.js';
import { byteSize, counted, duration, grouped } from '../words.js';
import { figure, type ReportSection } from './section.js';

export function costSection({ cost, ensemble }: PageData): ReportSection {
  const { trainingMs, predictMs, predictedRows } = cost;
  const facts: [string, string][] = [
    ['members', `${ensemble.members} of ${ensemble.planned}`],
    ['numbers in their weights', grouped(ensemble.weights)],
    ...(ensemble.bytes === null ? [] : [['size of the file', byteSize(ensemble.bytes)] as [string, string]]),
    ['training took', trainingMs === null ? 'not known: files keep no times' : duration(trainingMs)],
    ...(predictedRows === 0
      ? []
      : [
          [
            'predicting and measuring took',
            `${duration(predictMs)} for ${counted(predictedRows, 'row')}, ${figure((1000 * predictMs) / predictedRows, 3)} µs a row with all members’ figures`,
          ] as [string, string],
        ]),
    ...(ensemble.executors.length === 0
      ? []
      : [['kernels', ensemble.executors.join(', ')] as [string, string]]),
  ];
  return { id: 'cost', title: 'Cost', content: factsMarkup(facts), figures: [] };
}

export function reproduceSection({ ensemble }: PageData): ReportSection {
  const { seed, arithmetic, split, commands } = ensemble;
  const held =
    split === null
      ? 'not known, or none'
      : `${100 * split.testShare} % of ${counted(split.rows, 'row')}, seed ${split.seed}`;
  const facts: [string, string][] = [
    ['seed', String(seed)],
    [
      'arithmetic',
      `${arithmetic}: ${arithmetic === 'strict' ? 'the same bytes on every machine' : 'the same bytes on machines that multiply and add at once'}`,
    ],
    ['rows held out', held],
    ['averaged by', ensemble.aggregator],
    ['made by', `tutti ${ensemble.tutti}, Node.js ${ensemble.node}, ${ensemble.platform}`],
    ['content hash', ensemble.contentHash],
    ['dataset hash', ensemble.datasetHash],
  ];
  const content = html`${lead('The same plan and the same rows make the same members, byte for byte. Everything on this page is in it as JSON too, in the element with the id “data”.')}${factsMarkup(facts)}${commands.length === 0 ? null : html`<h3>Commands</h3><pre tabindex="0" role="region" aria-label="Commands">${commands.map((command) => html`${command}\n`)}</pre>`}`;
  return { id: 'reproduce', title: 'Reproduce', content, figures: [] };
}
