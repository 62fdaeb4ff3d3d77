// A server of PostgreSQL: reached once, its schema brought up to date, asked for its clock, and made to look for lost hosts.
// The only module that imports pg; BullMQ makes its connections by itself, from the options given here.

import type { BullMQ } from './bullmq.js';
import { MOST_EVENTS, REACH_MS, SCHEMA, SILENCE_MS, TASKS } from './queue-options.js';
import { missingPeer, type QueueServer, queueError, type Reaching, unusable } from './queue-server.js';

/** What is used of pg's pools and their connections. */
interface Pool {
  query(text: string, values?: readonly unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
  connect(): Promise<Session>;
  on(event: 'error', listener: (error: Error) => void): void;
  end(): Promise<void>;
}
interface Session {
  // As BullMQ declares it.
  // biome-ignore lint/suspicious/noExplicitAny: rows are whatever was asked for.
  query<Row = any>(text: string, values?: readonly unknown[]): Promise<{ rows: Row[] }>;
  release(): void;
}
const LEAST_VERSION = 13;

/** Milliseconds since 1970, in SQL. */
const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

/** @throws ERR_ENGINE_MISSING, ERR_QUEUE when it cannot be reached, refuses, or is too old. */
export async function reachPostgres(reaching: Reaching, bullmq: BullMQ): Promise<QueueServer> {
  const { address } = reaching;
  const options = connectionOptions(reaching);
  const pool = await makePool(reaching, { ...options, max: 1 });
  pool.on('error', (error) => server.onBroken(error));
  const server: QueueServer = {
    address,
    // One connection more listens, of each; tasks are added and finished while states are asked for.
    connection: (purpose) => ({
      ...options,
      max: purpose === 'tasks' ? 2 : 1,
      schema: SCHEMA,
      skipVersionCheck: true,
    }),
    // BullMQ reads events and then begins to listen: one that comes between is seen with the next, or after this.
    eventWaitMs: 500,
    async clock() {
      const { rows } = await pool.query(`SELECT ${NOW}::float8 AS now`);
      return rows[0]!.now as number;
    },
    // BullMQ would take the clock of the host that asks, by which the locks of all others may have run out.
    async sweep(mostLosses, everyMs) {
      const call = `${SCHEMA}.move_stalled_jobs_to_wait($1, $2, ${NOW}, $3)`;
      await pool.query(`SELECT count(*) FROM ${call}`, [TASKS, mostLosses, everyMs]);
    },
    onBroken: () => {},
    close: () => pool.end(),
  };
  try {
    await prepare(pool, reaching, bullmq);
  } catch (error) {
    await pool.end();
    throw unusable(address, error);
  }
  return server;
}

async function makePool({ address }: Reaching, options: object): Promise<Pool> {
  try {
    const { default: driver } = await import('pg');
    return new driver.Pool(options) as Pool;
  } catch (error) {
    throw missingPeer(address, error);
  }
}

/** What BullMQ's connections have in common with this one's. */
function connectionOptions({ address, authorities }: Reaching): object {
  const secure = authorities === null ? {} : { ssl: { ca: authorities } };
  return {
    ...{ connectionString: authorities === null ? address.url : withoutMode(address.url), ...secure },
    ...{ connectionTimeoutMillis: REACH_MS, query_timeout: SILENCE_MS, keepAlive: true },
  };
}

/** pg would take what the URL says of TLS in place of the authorities. */
function withoutMode(text: string): string {
  const url = new URL(text);
  for (const name of [...url.searchParams.keys()]) if (name.startsWith('ssl')) url.searchParams.delete(name);
  return url.href;
}

/** Refuses a server that is too old, and makes the tables, where they are not there or of an older BullMQ. */
async function prepare(pool: Pool, { address }: Reaching, bullmq: BullMQ): Promise<void> {
  const session = await pool.connect();
  try {
    const { rows } = await session.query(`SELECT current_setting('server_version_num')::int AS version`);
    const major = Math.floor(rows[0].version / 10_000);
    if (major < LEAST_VERSION) {
      throw queueError(address, `is PostgreSQL ${major}; expected ${LEAST_VERSION} or newer`);
    }
    if (await isUpToDate(session, bullmq)) return;
    await bullmq.runMigrations(session, SCHEMA, { skipVersionCheck: true });
    const setting = `INSERT INTO ${SCHEMA}.meta (queue, field, value) VALUES ($1, 'opts.maxLenEvents', $2)`;
    await session.query(`${setting} ON CONFLICT DO NOTHING`, [TASKS, MOST_EVENTS]);
  } finally {
    session.release();
  }
}

/** Asked first, because whoever may use the tables need not be let make them. */
async function isUpToDate(session: Session, bullmq: BullMQ): Promise<boolean> {
  try {
    const version = await bullmq.assertSchemaCompatibility(session, SCHEMA, { skipVersionCheck: true });
    return version >= bullmq.LATEST_SCHEMA_VERSION;
  } catch (error) {
    if (error instanceof bullmq.SchemaMigrationRequiredError) return false;
    throw error;
  }
}
