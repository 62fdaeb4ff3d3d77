// The options by which hosts of a cluster train the members of a command: where the queue is, the secret, the store. The
// queue's address may hold a password, and so is shown and kept without.

import type { Cluster } from '../../cluster/coordinator/cluster.js';
import type { ClusterEvent } from '../../cluster/coordinator/cluster-events.js';
import { CLUSTER_OPTIONS } from '../../cluster/coordinator/cluster-options.js';
import { shownQueue } from '../../cluster/queue/queue-address.js';
import { failOption } from '../../errors.js';
import { quoted } from '../../files/shell-word.js';
import { requireUses } from '../../option-names.js';
import { withoutCredentials } from '../../plain-text.js';
import type { Pool } from '../../pool/pool.js';
import { counted } from '../../report/words.js';
import type { MemberRunner } from '../../training/session/runner.js';
import { endWithProcess } from '../terminal/ending.js';
import { note } from '../terminal/terminal.js';
import { CLUSTER_VARIABLE, takeSecret } from './cluster-environment.js';
import type { GivenOptions } from './command.js';
import type { OptionRow } from './option-row.js';
import { rowsIn } from './rows.js';

const cluster = rowsIn('cluster');

/** Of whoever speaks to a queue. */
export const QUEUE_ROWS: readonly OptionRow[] = [
  cluster.text('cluster', 'queue of the hosts: redis://HOST:PORT, rediss://… or postgres://HOST/DATABASE', {
    argument: 'url',
    defaultText: CLUSTER_VARIABLE,
    common: true,
  }),
  cluster.of(CLUSTER_OPTIONS, 'secretFile', { kind: 'path', argument: 'file' }),
  {
    ...cluster.of(CLUSTER_OPTIONS, 'ca', { kind: 'path', argument: 'file' }),
    ...{ name: 'clusterCa', apiName: 'ca' },
  },
];

/** For the commands that train. */
export const CLUSTER_ROWS: readonly OptionRow[] = [
  ...QUEUE_ROWS.map(
    (row): OptionRow =>
      row.name === 'cluster'
        ? {
            ...row,
            description: `train on the hosts of a queue: ${row.description.slice(20)}`,
            defaultText: 'here',
          }
        : row,
  ),
  cluster.of(CLUSTER_OPTIONS, 'store', { argument: 'where' }),
  cluster.of(CLUSTER_OPTIONS, 'advertise', { argument: 'host:port' }),
  cluster.of(CLUSTER_OPTIONS, 'verify', { argument: 'share' }),
];

/** A cluster as the user wants it. */
export interface ClusterFlags {
  readonly url: string;
  /** The environment's. */
  readonly secret?: string | undefined;
  readonly secretFile?: string | undefined;
  readonly ca?: string | undefined;
  readonly store?: string | undefined;
  readonly advertise?: string | undefined;
  readonly verify?: number | undefined;
}

/** @returns null where members are trained here. @throws ERR_OPTION */
export function clusterOf(given: GivenOptions): ClusterFlags | null {
  const stated = given.cluster as string | undefined;
  if (stated === '') failOption('cluster', 'the URL of a queue', stated);
  const url = stated ?? (process.env[CLUSTER_VARIABLE] || undefined);
  const when = { says: `\`cluster\` or ${CLUSTER_VARIABLE} is given`, holds: () => url !== undefined };
  const names = ['secretFile', 'clusterCa', 'store', 'advertise', 'verify'] as const;
  requireUses(given, Object.fromEntries(names.map((name) => [name, when])));
  if (url === undefined) return null;
  const [secretFile, ca, store, advertise] = (['secretFile', 'clusterCa', 'store', 'advertise'] as const).map(
    (name) => given[name] as string | undefined,
  );
  const verify = given.verify as number | undefined;
  return { url, ...takeSecret(secretFile), secretFile, ca, store, advertise, verify };
}

/** Who trains the members of a command. */
export interface TrainingPlace {
  readonly runner: MemberRunner;
  /** For the line that says what is trained: `2 threads`, `hosts of redis://queue`. */
  readonly says: string;
}

/** @param pool whose threads train where there is no cluster, and predict in any case. @throws what connecting throws. */
export async function placeOf(
  flags: ClusterFlags | null,
  pool: Pool,
  { quiet }: { readonly quiet: boolean },
): Promise<TrainingPlace> {
  if (flags === null) return { runner: pool, says: counted(pool.threads, 'thread') };
  const { connectCluster } = await import('../../cluster/coordinator/connect-cluster.js');
  const { url, secretFile, ...rest } = flags;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const connected: Cluster = endWithProcess(
    await connectCluster({
      ...{ url, ...given },
      ...(secretFile === undefined ? {} : { secretFile }),
      ...(pool.isolate === null ? {} : { isolate: pool.isolate }),
      onEvent: (event) => tell(event, quiet),
    }),
  );
  const workers = await connected.workers();
  return { runner: connected, says: `hosts of ${connected.url}, ${counted(workers, 'worker')} connected` };
}

/** What is to be said again to go on with a training in the same place. */
export function clusterWords(flags: ClusterFlags | null): string {
  if (flags === null) return '';
  const { url, secretFile, store } = flags;
  const words = [` --cluster ${quoted(shownQueue(url))}`];
  if (secretFile !== undefined) words.push(`--secret-file ${quoted(secretFile)}`);
  if (store !== undefined) words.push(`--store ${quoted(withoutCredentials(store))}`);
  return words.join(' ');
}

/** That a host trains is in the progress; what needs somebody's hand is told in any case. */
function tell({ kind, message }: ClusterEvent, quiet: boolean): void {
  if (kind === 'host') return;
  if (quiet && ['reconnected', 'verified'].includes(kind)) return;
  note(message);
}
