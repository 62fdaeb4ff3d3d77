// How a command reaches a cluster: its queue, and the secret by which hosts know each other.

import { failOption } from '../../errors.js';
import { CLUSTER_VARIABLE, takeSecret } from './cluster-environment.js';
import type { GivenOptions } from './command.js';
import { rowsIn } from './rows.js';

const run = rowsIn('run');

/** Of the queue; a password in a URL is better kept in the environment, since other users see command lines. */
export const CLUSTER_ROW = run.text(
  'cluster',
  `queue that hosts share: redis://, rediss:// or postgres://; also ${CLUSTER_VARIABLE}`,
  { argument: 'url', example: 'redis://queue.example:6379', common: true },
);

/** For whoever is of a cluster. */
export const CLUSTER_ROWS = [
  CLUSTER_ROW,
  run.path('secretFile', 'file with the secret of the cluster; also TUTTI_CLUSTER_SECRET', {
    argument: 'file',
    common: true,
  }),
  run.path('clusterCa', 'PEM file of the authorities that the queue’s certificate is checked against', {
    argument: 'file',
    defaultText: 'those of Node.js',
  }),
];

/** Where the cluster is, as it is given. */
export interface ClusterFlags {
  readonly url: string;
  /** The environment's. */
  readonly secret?: string;
  readonly secretFile?: string;
  readonly ca?: string;
}

/** Null where no cluster is asked for: the environment alone does not, for commands that train here too. */
export function clusterOf(given: GivenOptions): ClusterFlags | null {
  const { cluster, secretFile, clusterCa } = given as Readonly<Record<string, string | undefined>>;
  if (cluster === undefined) return null;
  return {
    url: cluster,
    ...takeSecret(secretFile),
    ...(secretFile === undefined ? {} : { secretFile }),
    ...(clusterCa === undefined ? {} : { ca: clusterCa }),
  };
}

/** For a command that is nothing without one. @throws ERR_OPTION */
export function requireCluster(given: GivenOptions): ClusterFlags {
  const url = given.cluster ?? process.env[CLUSTER_VARIABLE];
  if (url === undefined || url === '') {
    const expected = `the URL of a queue, such as redis://host:6379, here or in ${CLUSTER_VARIABLE}`;
    return failOption('cluster', expected, undefined);
  }
  return clusterOf({ ...given, cluster: url })!;
}
