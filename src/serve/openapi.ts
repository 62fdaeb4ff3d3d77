// What a served ensemble takes and answers, as an OpenAPI document: for clients that are written by programs, and for tools.
//
// **Source:** OpenAPI Specification 3.1.0.

import { CONFORMAL_METHODS } from '../conformal/scores.js';
import type { ModelFacts, ServedColumn } from './model-facts.js';
import type { FilledHandlerOptions } from './options.js';

/** The document, plain data. */
export function openApiOf(facts: ModelFacts, { base }: FilledHandlerOptions): object {
  const { name, tutti, task, members, contentHash } = facts;
  return {
    openapi: '3.1.0',
    info: {
      title: name,
      version: contentHash.slice(0, 12),
      description: `An ensemble of ${members} members for ${task}, served by tutti ${tutti}.`,
    },
    servers: [{ url: base === '' ? '/' : base }],
    paths: {
      '/predict': { post: predictOperation(facts) },
      '/health': {
        get: readOperation('Whether it takes requests', { 200: 'It does', 503: 'It is about to end' }),
      },
      '/model': { get: readOperation('What it is, and the columns that it takes', { 200: 'Facts' }) },
      '/openapi.json': { get: readOperation('This document', { 200: 'OpenAPI' }) },
    },
    components: { schemas: { Row: rowSchema(facts), Prediction: predictionSchema(facts), Refusal: REFUSAL } },
  };
}

const ROW = { $ref: '#/components/schemas/Row' } as const;
const PREDICTION = { $ref: '#/components/schemas/Prediction' } as const;

const REFUSAL = {
  type: 'object',
  required: ['code', 'message'],
  properties: {
    code: { type: 'string', description: 'Stable; see error-codes.md of tutti' },
    message: { type: 'string' },
    row: { type: 'integer', description: 'From 1' },
    column: { type: 'string' },
  },
} as const;

const STATUSES: Readonly<Record<number, string>> = {
  400: 'The body is no JSON or CSV, or a parameter is wrong',
  406: 'Neither JSON nor CSV may be answered',
  408: 'The body did not come in time',
  413: 'More bytes or rows than are taken',
  415: 'The body is of another type',
  422: 'A row or a value does not fit; row and column say which',
  500: 'The ensemble failed',
  503: 'Too many requests, too many rows for the time, or about to end; Retry-After says when to come again',
};

function predictOperation({ example, limits, columns, coverage }: ModelFacts): object {
  const one = (part: object) => ({ oneOf: [part, { type: 'array', items: part }] });
  const named = (name: string, part: object) => ({
    type: 'object',
    required: [name],
    properties: { [name]: { type: 'array', items: part } },
  });
  const rows = { oneOf: [...one(ROW).oneOf, named('records', ROW)] };
  const csv = columns === null ? {} : { 'text/csv': { schema: { type: 'string' } } };
  return {
    summary: 'Predict rows',
    description: `At most ${limits.maxRows} rows and ${limits.maxBytes} bytes. Rows are answered in their order and in the form in which they came: one, a list, or {"records": […]} by {"predictions": […]}.`,
    parameters: parameters(coverage),
    requestBody: {
      required: true,
      content: { 'application/json': { schema: rows, example: [example] }, ...csv },
    },
    responses: {
      200: {
        description: 'Predictions',
        content: {
          'application/json': {
            schema: { oneOf: [...one(PREDICTION).oneOf, named('predictions', PREDICTION)] },
          },
          'text/csv': { schema: { type: 'string' } },
        },
      },
      ...Object.fromEntries(
        Object.entries(STATUSES).map(([status, description]) => [status, refusalResponse(description)]),
      ),
    },
  };
}

function parameters(coverage: boolean): readonly object[] {
  const query = (name: string, schema: object, description: string) => ({
    name,
    in: 'query',
    schema,
    description,
  });
  const own = [
    query('members', { type: 'boolean' }, "Each member's own predictions too"),
    query('uncertainty', { type: 'boolean' }, 'Total, aleatoric and epistemic uncertainty too'),
  ];
  if (!coverage) return own;
  const share = { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 };
  return [
    query('coverage', share, 'How often an interval, or a set of classes, is to hold the truth'),
    query('conformal', { type: 'string', enum: CONFORMAL_METHODS }, 'How sets of classes are made'),
    ...own,
  ];
}

function readOperation(summary: string, statuses: Readonly<Record<number, string>>): object {
  const responses = Object.entries(statuses).map(([status, description]) => [
    status,
    { description, content: { 'application/json': { schema: { type: 'object' } } } },
  ]);
  return { summary, responses: Object.fromEntries(responses) };
}

function refusalResponse(description: string): object {
  return {
    description,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } },
  };
}

function rowSchema({ columns, features }: ModelFacts): object {
  if (columns === null) {
    return { type: 'array', items: { type: 'number' }, minItems: features, maxItems: features };
  }
  return {
    type: 'object',
    required: columns.map(({ name }) => name),
    properties: Object.fromEntries(columns.map((column) => [column.name, columnSchema(column)])),
  };
}

function columnSchema({ kind, mayBeMissing, categories, categoryCount, example }: ServedColumn): object {
  const types = kind === 'number' ? ['number', 'string'] : kind === 'date' ? ['string'] : [];
  const all = [...types, ...(mayBeMissing && types.length > 0 ? ['null'] : [])];
  // Categories that are numbers or truth values may be sent as such.
  const known =
    kind === 'category' ? { description: categoriesText(categories ?? [], categoryCount ?? 0) } : {};
  return { ...(all.length === 0 ? {} : { type: all }), ...known, examples: [example] };
}

function categoriesText(categories: readonly string[], count: number): string {
  const shown = categories.slice(0, 20).map((name) => JSON.stringify(name));
  return `One of ${shown.join(', ')}${count > shown.length ? ` and ${count - shown.length} more` : ''}`;
}

function predictionSchema({ task, classes = [], targets = [] }: ModelFacts): object {
  const numbers = (names: readonly string[]) => ({
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, { type: 'number' }])),
  });
  const bounds = { type: 'object', properties: { lower: { type: 'number' }, upper: { type: 'number' } } };
  const more = {
    uncertainty: { type: 'object', description: 'With ?uncertainty' },
    members: { type: 'array', items: { type: 'object' }, description: 'With ?members' },
  };
  if (task === 'classification') {
    const set = { type: 'array', items: { type: 'string' }, description: 'With ?coverage' };
    return {
      type: 'object',
      required: ['label', 'probabilities'],
      properties: { label: { type: 'string' }, probabilities: numbers(classes), set, ...more },
    };
  }
  return {
    type: 'object',
    required: ['value', 'values', 'deviation'],
    properties: {
      value: { type: 'number' },
      values: numbers(targets),
      deviation: { oneOf: [numbers(targets), { type: 'null' }] },
      interval: { ...bounds, description: 'With ?coverage' },
      intervals: { type: 'object', additionalProperties: bounds, description: 'With ?coverage' },
      ...more,
    },
  };
}
