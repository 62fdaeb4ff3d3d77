// How a program connects to a cluster: what the options are, what each must be, and what they are where they are not given.

import { described, type OptionTable, type OptionUses, option } from '../../option-names.js';
import type { ClusterEvent } from './cluster-events.js';

export interface ClusterOptions {
  /** Where the queue is: `redis://`, `rediss://` (Redis, Valkey) or `postgres://`. */
  readonly url: string;
  /** What this coordinator and all workers have, and nobody else: 32 characters or more. @default as `secretFile` says */
  readonly secret?: string;
  /** A file with the secret and nothing else. @default the environment's TUTTI_CLUSTER_SECRET */
  readonly secretFile?: string;
  /** Where hosts share datasets and results: a folder that all see, `s3://bucket/prefix?endpoint=…`. @default served by this process over HTTP */
  readonly store?: string;
  /** What hosts call this one, to get at the store that it serves: HOST:PORT. @default the address from which the queue is reached, a port that is free */
  readonly advertise?: string;
  /** Share of the members that two hosts train, whose bytes are compared, 0…1. @default 0 */
  readonly verify?: number;
  /** A PEM file with the authorities that the queue's certificate is checked against. @default those of Node.js */
  readonly ca?: string;
  /** Tasks that may be on their way at once. @default 10000 */
  readonly tasks?: number;
  /** Seconds after which a member in training is handed over, to go on from there should its host be lost; a checkpoint has its own. @default 60 */
  readonly handOverSeconds?: number;
  /** `process` tries modules of yours, and calls learners after the training, in child processes. @default on threads */
  readonly isolate?: 'process';
  /** Told what befalls the cluster: a queue that is away, a host that cannot take part, what `verify` found. */
  readonly onEvent?: (event: ClusterEvent) => void;
  /** Stops connecting. */
  readonly signal?: AbortSignal;
}

export const DEFAULTS = { verify: 0, tasks: 10_000, handOverSeconds: 60 } as const;

/** The options that commands have too. */
export const CLUSTER_OPTIONS = {
  secretFile: described(option.text, {
    kind: 'text',
    says: 'file with the secret that the coordinator and all workers have, 32 characters or more',
    defaultSays: 'as TUTTI_CLUSTER_SECRET says',
  }),
  store: described(option.text, {
    kind: 'text',
    says: 'where hosts share datasets and results: a folder that all see, or s3://BUCKET/PREFIX?endpoint=…',
    defaultSays: 'served by this process over HTTP',
  }),
  advertise: described(option.text, {
    kind: 'text',
    says: 'what hosts call this one, to get at what it serves: HOST:PORT',
    defaultSays: 'the address from which the queue is reached',
  }),
  verify: described(
    option.number('a number from 0 to 1', (share) => share >= 0 && share <= 1),
    {
      kind: 'number',
      says: 'share of the members that are trained twice, on different hosts, and compared',
      default: DEFAULTS.verify,
    },
  ),
  ca: described(option.text, {
    kind: 'text',
    says: 'PEM file of authorities that sign the certificate of the queue',
    defaultSays: 'those of Node.js',
  }),
} satisfies Partial<OptionTable<ClusterOptions>>;

export const ALL_CLUSTER_OPTIONS = {
  url: option.required(option.text),
  secret: option.text,
  ...CLUSTER_OPTIONS,
  tasks: option.integer(1),
  handOverSeconds: option.number('a number of seconds > 0', (seconds) => seconds > 0),
  isolate: option.oneOf('process'),
  onEvent: option.function,
  signal: option.signal,
} satisfies OptionTable<ClusterOptions>;

export const CLUSTER_USES = {
  advertise: { says: '`store` is not', holds: ({ store }) => store === undefined },
} satisfies OptionUses<ClusterOptions>;
