// What is said of bodies that do not come as they should, whoever reads them.

import { Refusal } from './refusal.js';

export function lateBody(timeout: number): Refusal {
  return new Refusal(408, `Expected the whole body within ${timeout} s, got a part of it`);
}

export function longBody(mostBytes: number): Refusal {
  return new Refusal(413, `Expected a body of at most ${mostBytes} bytes, got more`);
}

export function partBody(): Refusal {
  return new Refusal(400, 'Expected the whole body, got a part of it');
}
