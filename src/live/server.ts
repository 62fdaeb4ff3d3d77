// The server of the live page, on the loopback address alone: the page, its stream of events, and the stop. What the page
// shows and what a stop does are others' business. Until it is closed it does not keep the process alive.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { TuttiError } from '../errors.js';
import { settledWithin } from '../long-calls.js';
import { listenAt, type NotListening } from '../machine/listen.js';
import { newToken, type Refusal, refusalOf } from './access.js';

const HOST = '127.0.0.1';
/** Pages that may look at once. */
const MOST_VIEWERS = 24;
/** After this long a browser asks again for a stream that broke off. */
const RETRY_MS = 1000;
/** How long viewers may take to be told that it is over. */
const FAREWELL_MS = 1500;
/** A page that was just reloaded, or lost its connection, is waited for as long. */
const RETURN_MS = 2500;

export interface LiveServerOptions {
  /** 0 for one that is free. */
  readonly port: number;
  /** The page. */
  readonly html: string;
  /** What a page is told when it connects: the name of an event and its data. */
  readonly greeting: () => readonly [name: string, data: unknown];
  /** A page has connected. */
  readonly onViewer: () => void;
  /**
   * The stop button was pressed, and confirmed, by somebody who saw this phase.
   * @returns whether it is done, as it is if the run is still in it.
   */
  readonly onStop: (phase: string) => boolean;
}

export interface LiveServer {
  /** With the token: whoever has it may look and stop. */
  readonly url: string;
  readonly port: number;
  /** Pages that look. */
  readonly viewers: number;
  /** Tells all of them something. */
  tell(name: string, data: unknown): void;
  /** Tells them for the last time, lets them have it, and ends. */
  close(name: string, data: () => unknown): Promise<void>;
}

/** @throws ERR_OPTION when the port cannot be had. */
export async function startLiveServer(options: LiveServerOptions): Promise<LiveServer> {
  const token = newToken();
  const viewers = new Set<Viewer>();
  let leftMs = Number.NEGATIVE_INFINITY;
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5000 }, (request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.maxHeadersCount = 100;
  server.on('connection', (socket) => socket.unref());
  const port = await listenAt(server, HOST, options.port, (why) => refusedAt(options.port, why));
  server.unref();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of HEADERS) response.setHeader(name, value);
    const url = new URL(`http://${HOST}${request.url ?? '/'}`);
    const refusal = refusalOf(request, url, port, token);
    if (refusal !== null) return say(response, 403, REFUSALS[refusal]);
    const method = METHODS[url.pathname];
    if (method === undefined) return say(response, 404, 'There is no such page.');
    if (request.method !== method) {
      response.setHeader('Allow', method);
      return say(response, 405, `This is asked for with ${method}.`);
    }
    if (url.pathname === '/') return sendPage(response);
    if (url.pathname === '/events' && viewers.size >= MOST_VIEWERS)
      return say(response, 503, 'Too many pages look at this run.');
    if (url.pathname === '/events') return open(response);
    // Whatever came along is of no interest.
    request.resume();
    if (!options.onStop(url.searchParams.get('phase') ?? ''))
      return say(response, 409, 'The run has gone on meanwhile.');
    return say(response, 202, 'Stopping.');
  }

  function sendPage(response: ServerResponse): void {
    // The rest of its policy stands in the page.
    response.setHeader('Content-Security-Policy', "frame-ancestors 'none'");
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(options.html);
  }

  function open(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
    response.write(`retry: ${RETRY_MS}\n\n`);
    const viewer = new Viewer(response, options.greeting);
    viewers.add(viewer);
    response.on('error', () => undefined);
    response.on('close', () => {
      viewers.delete(viewer);
      leftMs = performance.now();
    });
    options.onViewer();
  }

  return {
    url: `http://${HOST}:${port}/?token=${token}`,
    port,
    get viewers() {
      return viewers.size;
    },
    tell(name, data) {
      if (viewers.size === 0) return;
      const text = eventText(name, data);
      for (const viewer of viewers) viewer.tell(text);
    },
    async close(name, data) {
      const returnsBy = leftMs + RETURN_MS;
      while (viewers.size === 0 && performance.now() < returnsBy) await pause(50);
      const text = eventText(name, data());
      const told = Promise.all([...viewers].map((viewer) => viewer.end(text)));
      server.close();
      await settledWithin(FAREWELL_MS, told);
      server.closeAllConnections();
    },
  };
}

/** A page that looks. One that cannot keep up is left out, and told how things are when it can. */
class Viewer {
  readonly #response: ServerResponse;
  readonly #greeting: LiveServerOptions['greeting'];
  #behind = false;

  constructor(response: ServerResponse, greeting: LiveServerOptions['greeting']) {
    this.#response = response;
    this.#greeting = greeting;
    this.#greet();
  }

  tell(text: string): void {
    if (this.#response.writableNeedDrain) this.#behind = true;
    else if (this.#behind) this.#greet();
    else this.#response.write(text);
  }

  /** Resolves when it has got everything, or has gone. */
  end(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.#response.on('close', resolve);
      this.#response.end(text, () => resolve());
    });
  }

  #greet(): void {
    this.#behind = false;
    this.#response.write(eventText(...this.#greeting()));
  }
}

function eventText(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function refusedAt(port: number, { reason, cause }: NotListening): TuttiError {
  const named = `Expected \`uiPort\` to be a port that is free, got ${port}, ${reason}`;
  const any = `Expected \`ui\` where the system lets this program listen on ${HOST}, got ${reason}`;
  const option = port === 0 ? 'ui' : 'uiPort';
  return new TuttiError('ERR_OPTION', port === 0 ? any : named, { option }, cause);
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}

/** Keeps the process alive meanwhile, as connections here do not. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** What may be asked for, and how. */
const METHODS: Readonly<Record<string, string>> = { '/': 'GET', '/events': 'GET', '/stop': 'POST' };

const REFUSALS: Readonly<Record<Refusal, string>> = {
  host: 'This page is asked for under the address that the command printed.',
  origin: 'Another site may not ask for this.',
  token: 'The token is missing or wrong: take the whole address that the command printed.',
};

/** Nothing is kept, framed, guessed or told elsewhere. */
const HEADERS: readonly (readonly [string, string])[] = [
  ['Cache-Control', 'no-store'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Referrer-Policy', 'no-referrer'],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
];
