// The training options as command-line options, read off the one schema that the API and config files use:
// a field added there appears here, in the help and in config files.

import type { z } from 'zod';
import { TRAINING_GROUPS } from '../../model/options/groups.js';
import { rangeOf } from '../../model/options/option-range.js';
import { DEFAULTS } from '../../training/options/options.js';
import { trainingSchema } from '../../training/options/training-schema.js';
import type { Group } from './groups.js';
import type { OptionRow } from './option-row.js';

const GROUPS: Readonly<Partial<Record<Group, readonly string[]>>> = {
  ensemble: ['members', 'seed', 'engine', 'grid', 'snapshots'],
  resampling: ['resample', 'resampleShare', 'featureShare', 'vary'],
  network: ['hidden', 'layers', 'image', 'activation', 'init'],
  stopping: ['earlyStopping', 'patience', 'validationShare'],
  dropout: ['inputKeep', 'hiddenKeep', 'dropoutScaling'],
  regularization: [
    ...['l1', 'l2', 'activityPenalty', 'activityLayers', 'labelSmoothing', 'inputNoise', 'tangents'],
    'tangentStrength',
  ],
  adversarial: [
    ...['adversarialEpsilon', 'adversarialNorm', 'adversarialScale', 'adversarialBounds', 'adversarialSteps'],
    'cleanShare',
  ],
  tying: ['tie', 'tiedLayers', 'tyingMode', 'tyingGroup'],
  neighbours: [
    ...['neighbours', 'distance', 'votes', 'voteSmoothing', 'distanceTangents', 'tangentSigma'],
    ...['tangentBorder', 'tangentStiffness'],
  ],
  modules: ['model', 'learner', 'learnerOptions'],
  run: ['deadline', 'arithmetic'],
};

const COMMON = [
  ...['members', 'seed', 'hidden', 'layers', 'image', 'epochs', 'learningRate', 'batchSize', 'earlyStopping'],
  ...['resample', 'hiddenKeep', 'l2'],
];

const ARGUMENTS: Readonly<Record<string, string>> = {
  members: 'k',
  model: 'net.mjs',
  learner: 'tree.mjs',
  deadline: 'seconds',
  seed: 'n',
  hidden: '64,32',
  layers: 'conv 8@3x3,maxpool 2',
  image: '1x28x28',
  hiddenKeep: '0.5,0.5',
  activityLayers: '1,2',
  adversarialBounds: 'low,high',
  tangents: 'rotation,scaling',
  vary: 'init,order',
};

/** Of the options that are given most. */
const SHORTS: Readonly<Record<string, string>> = { members: 'k', seed: 's' };

/** They name files, though their schema says texts. */
const PATHS: readonly string[] = ['model', 'learner'];

/** Can be said in a config file only: they are tables. */
export const WITHOUT_FLAG: ReadonlySet<string> = new Set(['grid', 'learnerOptions']);

/** The rows in the order of their groups, within these of the schema. */
export function trainingRows(): readonly OptionRow[] {
  return allTrainingRows().filter(({ name }) => !WITHOUT_FLAG.has(name));
}

/** With those that have no flag. */
export function allTrainingRows(): readonly OptionRow[] {
  const rows = Object.entries(trainingSchema.shape).map(([name, schema]) =>
    rowOf(name, schema as unknown as z.ZodType),
  );
  const order = Object.keys(TRAINING_GROUPS);
  return rows.sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group));
}

/** Every training option's name, with those that have no flag and can only stand in a config file. */
export function trainingNames(): readonly string[] {
  return Object.keys(trainingSchema.shape);
}

function rowOf(name: string, schema: z.ZodType): OptionRow {
  const { kind, choices, acceptsMap, description: described } = describeSchema(schema);
  const [, description = described, ownDefault] = /^(.*) \(default: (.*)\)$/.exec(described) ?? [];
  const range = rangeOf(schema);
  const group = Object.entries(GROUPS).find(([, names]) => names.includes(name))?.[0] ?? 'training';
  const defaultText = ownDefault ?? defaultTextOf(name);
  return {
    name,
    kind: PATHS.includes(name) ? 'path' : kind,
    group: group as Group,
    common: COMMON.includes(name),
    description: name === 'members' ? 'how many members are trained' : description,
    ...(ARGUMENTS[name] === undefined ? {} : { argument: ARGUMENTS[name] }),
    ...(SHORTS[name] === undefined ? {} : { short: SHORTS[name] }),
    ...(choices === undefined ? {} : { choices }),
    ...(range === null ? {} : { range }),
    ...(acceptsMap === undefined ? {} : { acceptsMap }),
    ...(defaultText === undefined ? {} : { defaultText }),
  };
}

/** The parts of zod's definitions that matter here. */
interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly entries?: Readonly<Record<string, string>>;
  readonly element?: z.ZodType;
  readonly options?: readonly z.ZodType[];
}

type Described = Pick<OptionRow, 'kind' | 'description' | 'choices' | 'acceptsMap'>;

function describeSchema(schema: z.ZodType): Described {
  const definition = schema.def as unknown as Definition;
  if (definition.innerType !== undefined) return describeSchema(definition.innerType);
  const description = schema.description ?? '';
  switch (definition.type) {
    case 'boolean':
      return { kind: 'flag', description };
    case 'enum':
      return { kind: 'choice', choices: Object.values(definition.entries ?? {}), description };
    case 'string':
      return { kind: 'text', description };
    case 'union': {
      // A flag takes the first form; what else a config file may say is checked by the schema.
      const { kind } = describeSchema(definition.options![0]!);
      return kind === 'text' ? { kind, description, acceptsMap: true } : { kind, description };
    }
    case 'custom':
      return { kind: 'texts', description, acceptsMap: true };
    case 'array': {
      const element = describeSchema(definition.element!);
      if (element.kind === 'texts') return { ...element, description };
      const { choices } = element;
      return choices === undefined
        ? { kind: 'numbers', description }
        : { kind: 'texts', choices, description };
    }
    default:
      return { kind: 'number', description };
  }
}

function defaultTextOf(name: string): string | undefined {
  const value: unknown = (DEFAULTS as Readonly<Record<string, unknown>>)[name];
  return value === undefined || value === false ? undefined : String(value);
}
