// A request of Node.js's own server as one that a service answers, and its answer on the way back.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { lateBody, longBody, partBody } from './body-refusals.js';
import { type Answer, type Asked, targetParts } from './exchange.js';

/** How long what is still sent of a refused body is taken and thrown away, so that its sender sees the refusal. */
const REST_MS = 1000;

/**
 * @param timeout seconds in which its body has to be there.
 * @param expects it waits to be told before it sends its body.
 */
export function askedBy(
  request: IncomingMessage,
  response: ServerResponse,
  timeout: number,
  expects: boolean,
): Asked {
  const { method = 'GET', url = '/', headers } = request;
  return {
    method,
    ...targetParts(url),
    header(name) {
      const value = headers[name];
      return value === undefined ? null : String(value);
    },
    body(mostBytes) {
      if (expects) response.writeContinue();
      return readBody(request, mostBytes, timeout);
    },
  };
}

function readBody(request: IncomingMessage, mostBytes: number, timeout: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let length = 0;
    const end = (error: Error | null) => {
      clearTimeout(timer);
      request.off('data', take).off('end', finish).off('error', breakOff).off('close', breakOff);
      // Whatever else comes is thrown away, and an error of it has nobody to tell.
      request.on('error', () => {});
      if (error === null) return resolve(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces));
      request.resume();
      reject(error);
    };
    const take = (piece: Buffer) => {
      length += piece.length;
      if (length > mostBytes) end(longBody(mostBytes));
      else pieces.push(piece);
    };
    const finish = () => end(null);
    const breakOff = () => end(partBody());
    const timer = setTimeout(() => end(lateBody(timeout)), timeout * 1000);
    request.on('data', take).on('end', finish).on('error', breakOff).on('close', breakOff);
  });
}

/** @param last whether the connection ends with it. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  last: boolean,
): void {
  if (response.destroyed) return;
  const { status, headers, body } = answer;
  const length = Buffer.byteLength(body);
  const own: Record<string, string | number> = { ...headers, 'content-length': length };
  if (last) own.connection = 'close';
  response.writeHead(status, own);
  response.end(body);
  if (!request.complete) throwAwayRest(request);
}

function throwAwayRest(request: IncomingMessage): void {
  request.resume();
  const timer = setTimeout(() => request.socket.destroy(), REST_MS).unref();
  request.once('end', () => clearTimeout(timer));
  request.once('close', () => clearTimeout(timer));
}
