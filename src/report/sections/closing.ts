// Sections 14 and 15: what it costs, and how to make it again.

import { html, type Markup } from '../page/markup.js';
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
  const { seed, arithmetic, split, commands, options } = ensemble;
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
  const content = html`${lead('The same plan and the same rows make the same members, byte for byte. Everything on this page is in it as JSON too, in the element with the id “data”.')}${factsMarkup(facts)}${optionsMarkup(options)}${commandsMarkup(commands)}`;
  return { id: 'reproduce', title: 'Reproduce', content, figures: [] };
}

function optionsMarkup(options: PageData['ensemble']['options']): Markup | null {
  if (options === null) return null;
  const says =
    'In a file, tutti train DATA --config FILE trains the same members on the same rows; in a program they are the options of trainEnsemble.';
  const text = JSON.stringify(options, null, 2).split('\n');
  return html`<h3>Options of the training</h3><p>${says}</p>${preMarkup('Options of the training', text)}`;
}

function commandsMarkup(commands: readonly string[]): Markup | null {
  return commands.length === 0 ? null : html`<h3>This report</h3>${preMarkup('Commands', commands)}`;
}

function preMarkup(label: string, lines: readonly string[]): Markup {
  return html`<pre tabindex="0" role="region" aria-label="${label}">${lines.map((line) => html`${line}\n`)}</pre>`;
}
