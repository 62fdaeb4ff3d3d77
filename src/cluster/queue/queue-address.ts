// Where a queue is, read from its URL once. What is shown of it has no credentials.

import { failOption, TuttiError } from '../../errors.js';

/** A server with the queue, as its URL says. */
export interface QueueAddress {
  readonly kind: 'redis' | 'postgres';
  readonly host: string;
  readonly port: number;
  /** Of Redis the number of the database, of PostgreSQL its name; empty for what the server takes by itself. */
  readonly database: string;
  readonly user: string | null;
  readonly password: string | null;
  /** Whether the URL asks for TLS. */
  readonly secure: boolean;
  /** The URL as it is given to a driver. */
  readonly url: string;
  /** For messages: without user, password and parameters. */
  readonly shown: string;
}

/** Each with its kind, whether it means TLS, and the port where none is written. */
const SCHEMES: Readonly<
  Record<string, readonly [kind: QueueAddress['kind'], secure: boolean, port: number]>
> = {
  'redis:': ['redis', false, 6379],
  'rediss:': ['redis', true, 6379],
  'postgres:': ['postgres', false, 5432],
  'postgresql:': ['postgres', false, 5432],
};

const EXPECTED = 'an address such as redis://host:6379, rediss://… or postgres://host:5432/database';

/** @throws ERR_OPTION for what is no such address; what was given is not repeated, since a password may be in it. */
export function readQueueAddress(text: string): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  const scheme = url === null ? undefined : SCHEMES[url.protocol];
  if (url === null || scheme === undefined || url.hostname === '') return failAddress(text, url);
  const [kind, secure, standardPort] = scheme;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? standardPort : Number(url.port);
  const database = decoded(url.pathname.slice(1));
  if (kind === 'redis' && !/^\d*$/.test(database)) {
    failOption('cluster', 'the number of a database after the slash of redis://host/0', database);
  }
  const mode = url.searchParams.get('sslmode');
  const shownPort = url.port === '' ? '' : `:${url.port}`;
  return {
    ...{ kind, host, port, database, url: text },
    user: url.username === '' ? null : decoded(url.username),
    password: url.password === '' ? null : decoded(url.password),
    secure: secure || (mode !== null && mode !== 'disable'),
    shown: `${url.protocol}//${url.hostname}${shownPort}${url.pathname === '/' ? '' : url.pathname}`,
  };
}

/** A URL of a queue as it may be shown: without user, password and parameters. */
export function shownQueue(text: string): string {
  return readQueueAddress(text).shown;
}

function failAddress(text: string, url: URL | null): never {
  const got = url === null ? `${text.length} characters that are no URL` : `a URL of ${url.protocol}//`;
  throw new TuttiError('ERR_OPTION', `Expected \`cluster\` to be ${EXPECTED}, got ${got}`, {
    option: 'cluster',
  });
}

/** An escape that is none stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
