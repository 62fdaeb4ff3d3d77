// A served ensemble's server: who is let in, what is answered where no request was understood, and how it ends without the
// loss of an answer.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isIP, Server as NetServer, type Socket } from 'node:net';
import { TuttiError } from '../errors.js';
import { settledWithin } from '../long-calls.js';
import { listenAt, type NotListening } from '../machine/listen.js';
import type { Answer, Asked, Call } from './exchange.js';
import { askedBy, send } from './node-exchange.js';
import type { ServeOptions } from './options.js';
import { Refusal, refusalAnswer } from './refusal.js';
import type { PredictionService } from './service.js';

/** Far more than any client needs, and few enough to hold. */
const MOST_CONNECTIONS = 1024;
/** For headers: a client that has begun knows them. */
const HEADERS_MS = 10_000;
const HEADER_BYTES = 16_384;
/** A connection without a request is kept as long: longer than proxies keep theirs, which would else send into a closed one. */
const IDLE_MS = 65_000;
/** As the server ends, a request that is on its way already is waited for as long. */
const LAST_REQUESTS_MS = 1000;

export interface HttpServer {
  readonly port: number;
  /** Takes no connection any more, answers what is under way, and ends. @param graceMs that it may take. */
  close(graceMs: number): Promise<void>;
}

export type HttpServerOptions = Required<Pick<ServeOptions, 'host' | 'port' | 'timeout'>> & {
  /** Names under which it may be asked; null for any. */
  readonly hosts: readonly string[] | null;
  /** Told of what is refused before a service sees it; without what was asked where that is no request. */
  readonly onRefused: (answer: Answer, asked?: Pick<Asked, 'method' | 'path'>) => void;
};

/** @throws ERR_OPTION where it cannot listen. */
export async function startHttpServer(
  service: PredictionService,
  options: HttpServerOptions,
): Promise<HttpServer> {
  const { host, port, timeout, hosts, onRefused } = options;
  const server = createServer({
    headersTimeout: HEADERS_MS,
    // A body has a limit of its own, which says what was wrong.
    requestTimeout: timeout * 1000 + HEADERS_MS,
    connectionsCheckingInterval: 1000,
    keepAliveTimeout: IDLE_MS,
    maxHeaderSize: HEADER_BYTES,
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.maxHeadersCount = 100;
  let closing = false;
  let underWay = 0;
  let settle = () => {};
  const listen = (expects: boolean) => (request: IncomingMessage, response: ServerResponse) => {
    underWay++;
    const call: Call = { over: false };
    response.on('error', () => {});
    response.on('close', () => {
      call.over = true;
      underWay--;
      if (underWay === 0) settle();
    });
    const stranger = hosts === null ? null : strangerOf(request, hosts);
    const asked = askedBy(request, response, timeout, expects);
    if (stranger !== null) {
      onRefused(stranger, asked);
      return send(request, response, stranger, true);
    }
    void service
      .answer(asked, call)
      .then((answer) => send(request, response, answer, closing))
      .catch(() => response.destroy());
  };
  server.on('request', listen(false));
  server.on('checkContinue', listen(true));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const answer = answerTo(error);
    if (answer === null || !socket.writable || socket.bytesWritten > 0) return void socket.destroy();
    onRefused(answer);
    socket.end(rawText(answer));
  });
  return {
    port: await listenAt(server, host, port, (why) => refusedAt(host, port, why)),
    async close(graceMs) {
      if (closing) return;
      closing = true;
      service.drain();
      const until = performance.now() + graceMs;
      // Not http.Server's, which cuts connections off on which a request may be on its way.
      const ended = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
      await settledWithin(Math.min(graceMs, LAST_REQUESTS_MS), ended);
      if (underWay > 0) {
        const answered = new Promise<void>((resolve) => (settle = resolve));
        await settledWithin(Math.max(0, until - performance.now()), answered);
      }
      server.closeAllConnections();
      await ended;
    },
  };
}

/** The refusal of who asks under a name that is not the server's; null for whoever may ask. */
function strangerOf({ headers: { host = '' } }: IncomingMessage, hosts: readonly string[]): Answer | null {
  const name = host.toLowerCase().replace(/:\d+$/, '');
  if (hosts.includes(name)) return null;
  const message =
    'Expected to be asked under an address of this machine, got another Host; `hosts` allows names';
  return refusalAnswer(new Refusal(403, message));
}

const PARSE_ERRORS: Readonly<Record<string, readonly [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, `Expected headers of at most ${HEADER_BYTES} bytes, got more`],
  ERR_HTTP_REQUEST_TIMEOUT: [
    408,
    'Expected the whole request, got a part of it and nothing more for a while',
  ],
};

/** What is answered to what is no request; null for a connection that is gone. */
function answerTo({ code = '' }: NodeJS.ErrnoException): Answer | null {
  if (code === 'ECONNRESET' || code === 'EPIPE') return null;
  const [status, message] = PARSE_ERRORS[code] ?? [400, 'Expected a request of HTTP/1.1, got what is none'];
  return refusalAnswer(new Refusal(status, message));
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

function rawText({ status, headers, body }: Answer): string {
  const lines = Object.entries({
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${REASONS[status]}\r\n${lines.join('')}\r\n${body}`;
}

function refusedAt(host: string, port: number, { isTaken, reason, cause }: NotListening): TuttiError {
  const message = isTaken
    ? `Expected \`port\` to be one that is free, got ${port}, ${reason}`
    : `Expected \`host\` and \`port\` where this program may listen, got ${host}:${port} (${cause.code})`;
  return new TuttiError('ERR_OPTION', message, { option: isTaken ? 'port' : 'host' }, cause);
}

/** Whether an address is reached from this machine alone. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === 'localhost' || host === '::1';
}
