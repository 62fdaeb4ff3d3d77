// Requests to a served ensemble: bodies, types and parameters of anybody's. Each is answered with the rows of `predict`, or
// refused with a status of 400 to 499, or 503, and one line of JSON.

import type { TrainedEnsemble } from '../../../src/ensemble/ensemble.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { predictionHandler } from '../../../src/serve/prediction-handler.js';
import { DATA_SEEDS } from './data-target.js';
import type { Draws } from './draws.js';
import { mutateBytes } from './mutate.js';
import { type FuzzTarget, require } from './target.js';

const TYPES = [
  'application/json',
  'text/csv',
  'application/json; charset=utf-8',
  'text/csv; charset=utf-16le',
] as const;
const QUERIES = [
  ...['', '', '', '?members', '?uncertainty=true', '?coverage=0.5', '?coverage=0.8&conformal=aps'],
  ...['?coverage=1', '?nothing=1', '?members&coverage=.5&uncertainty'],
] as const;

/** @param rows of its columns. */
export function requestTarget(
  ensemble: TrainedEnsemble,
  rows: readonly Readonly<Record<string, unknown>>[],
): FuzzTarget {
  const handler = predictionHandler(ensemble, { maxRows: 50, maxBytes: 60_000 });
  const names = ensemble.preprocessing!.features.map(({ column }) => column);
  const own = rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name]])));
  const csv = [
    names,
    ...own.map((row) => names.map((name) => `"${String(row[name]).replaceAll('"', '""')}"`)),
  ];
  const seeds = [
    ...[own, own[0], { records: own.slice(0, 3) }].map((value) => JSON.stringify(value)),
    csv.map((cells) => cells.join()).join('\n'),
  ].map((text) => Buffer.from(text));
  return {
    name: 'requests',
    codes: [],
    make(draws: Draws) {
      const head = Buffer.of(draws.below(TYPES.length), draws.below(QUERIES.length));
      const seed = draws.of(seeds);
      // Whole ones too, of which every byte counts.
      const body = draws.oneIn(4) ? seed : mutateBytes(draws, seed, seeds, DATA_SEEDS.words);
      return Buffer.concat([head, body]);
    },
    async read(bytes) {
      const type = TYPES[(bytes[0] ?? 0) % TYPES.length]!;
      const query = QUERIES[(bytes[1] ?? 0) % QUERIES.length]!;
      const body = new Uint8Array(bytes.subarray(2));
      const headers = { 'content-type': type };
      const answer = await handler(
        new Request(`http://host/predict${query}`, { method: 'POST', headers, body }),
      );
      const text = await answer.text();
      require(text.endsWith('\n') && text.indexOf('\n') === text.length - 1, 'not one line');
      const value: unknown = JSON.parse(text);
      if (answer.status !== 200) return requireRefusal(answer.status, value);
      await requireAnswers(ensemble, value, type, Buffer.from(body).toString());
    },
  };
}

function requireRefusal(status: number, value: unknown): void {
  require((status >= 400 && status < 500) || status === 503, `a status of ${status}`);
  const { code, message, row } = value as Readonly<Record<string, unknown>>;
  require(typeof code === 'string' && /^ERR_(?!INTERNAL)/.test(code), `the code ${code}`);
  require(typeof message === 'string' && message.length < 700, 'no message, or a long one');
  require(row === undefined || (Number.isInteger(row) && Number(row) >= 0), `row ${row}`);
}

/** What was JSON is answered with the labels of its rows, as many and in their order. */
async function requireAnswers(
  ensemble: TrainedEnsemble,
  value: unknown,
  type: string,
  body: string,
): Promise<void> {
  const { predictions = value } = value as { readonly predictions?: unknown };
  const answers = (Array.isArray(predictions) ? predictions : [predictions]) as readonly {
    readonly label: string;
  }[];
  require(answers.length > 0, 'no answers');
  if (!type.startsWith('application/json')) return;
  const sent = JSON.parse(body);
  const list = Array.isArray(sent) ? sent : Array.isArray(sent.records) ? sent.records : [sent];
  const { labels } = await predictEnsemble(ensemble, list);
  require(labels!.length === answers.length, `${answers.length} answers to ${labels!.length} rows`);
  const classes = ensemble.task.kind === 'classification' ? ensemble.task.classes : [];
  for (const [row, { label }] of answers.entries())
    require(label === classes[labels![row]!], `row ${row} is ${label}`);
}
