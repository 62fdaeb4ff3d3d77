// A client of HTTP/1.1 that takes little of the processor that it shares with the server: connections that are kept, one
// request on each at a time, and answers held byte by byte against those that are right.

import { connect, type Socket } from 'node:net';

/** A request and the only right answer to it. */
export interface Exchange {
  /** All of it, as it is sent. */
  readonly request: Buffer;
  readonly status: number;
  readonly body: Buffer;
}

export interface Figures {
  answered: number;
  /** Answers of another status or other bytes. */
  wrong: number;
  /** Requests that were sent and not answered. */
  lost: number;
  /** Of each answer, in milliseconds. */
  readonly milliseconds: number[];
  /** The first few that were wrong or lost, in words. */
  readonly examples: string[];
}

export function exchange(path: string, type: string, sent: string, status: number, body: string): Exchange {
  const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(sent)}\r\n\r\n`;
  return { request: Buffer.from(head + sent), status, body: Buffer.from(body) };
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** One connection, which asks until it is told to stop; resolves then, with its last request answered. */
export function ask(port: number, next: () => Exchange | null, figures: Figures): Promise<void> {
  return new Promise((resolve) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let current: Exchange | null = null;
    let sentMs = 0;
    let got: Buffer = Buffer.alloc(0);
    const miss = (what: string) => {
      if (figures.examples.length < 5) figures.examples.push(what);
    };
    const send = () => {
      current = next();
      if (current === null) return void socket.end();
      got = Buffer.alloc(0);
      sentMs = performance.now();
      socket.write(current.request);
    };
    const take = (piece: Buffer) => {
      if (current === null) return;
      got = got.length === 0 ? piece : Buffer.concat([got, piece]);
      const end = got.indexOf(HEAD_END);
      if (end < 0) return;
      const head = got.toString('latin1', 0, end);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
      const start = end + HEAD_END.length;
      if (!(got.length >= start + length)) return;
      figures.milliseconds.push(performance.now() - sentMs);
      figures.answered++;
      const body = got.subarray(start, start + length);
      if (Number(head.slice(9, 12)) !== current.status || !body.equals(current.body)) {
        figures.wrong++;
        miss(`${head.slice(0, 15)}: ${body.toString('utf8', 0, 200)}`);
      }
      send();
    };
    socket.on('connect', send);
    socket.on('data', take);
    socket.on('error', (error) => miss(error.message));
    socket.on('close', () => {
      if (current !== null) figures.lost++;
      resolve();
    });
  });
}
