// Requests as they are answered, a line each; where there are more than anybody reads, one line for each second's others.

import { counted } from '../../report/words.js';
import type { ServedRequest } from '../../serve/options.js';
import { messageOf } from '../terminal/failure.js';

/** Lines of requests in a second. */
const MOST_LINES = 20;
const SECOND_MS = 1000;

export class RequestLog {
  readonly #write: (line: string) => void;
  readonly #isTerminal: boolean;
  /** Of the second at hand. */
  #lines = 0;
  #others: number[] = [];
  #failed = 0;
  #toldError = false;
  #timer: NodeJS.Timeout | null = null;

  /** @param isTerminal whether somebody looks: the time of day is enough then. */
  constructor(write: (line: string) => void, isTerminal: boolean) {
    this.#write = write;
    this.#isTerminal = isTerminal;
  }

  add(request: ServedRequest): void {
    this.#timer ??= setTimeout(() => this.#nextSecond(), SECOND_MS).unref();
    if (this.#lines < MOST_LINES) {
      this.#lines++;
      this.#say(requestLine(request));
    } else {
      this.#others.push(request.milliseconds);
      if (request.status >= 400) this.#failed++;
    }
    // That is for whoever runs the server, and is said once a second at most.
    if (request.error === undefined || this.#toldError) return;
    this.#toldError = true;
    this.#say(messageOf(request.error));
  }

  /** A line of its own. */
  end(text: string): void {
    this.#nextSecond();
    this.#say(text);
  }

  close(): void {
    this.#nextSecond();
  }

  #nextSecond(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const others = this.#others.sort((a, b) => a - b);
    if (others.length > 0) {
      const at = (share: number) => others[Math.min(others.length - 1, Math.floor(share * others.length))]!;
      const refused = this.#failed === 0 ? '' : `, ${counted(this.#failed, 'refusal')}`;
      this.#say(
        `… ${counted(others.length, 'more request')}${refused}: half within ${ms(at(0.5))}, 99 % within ${ms(at(0.99))}`,
      );
    }
    [this.#lines, this.#others, this.#failed, this.#toldError] = [0, [], 0, false];
  }

  #say(text: string): void {
    const now = new Date().toISOString();
    this.#write(`${this.#isTerminal ? now.slice(11, 19) : `${now.slice(0, 19)}Z`} ${text}`);
  }
}

function requestLine({ method, path, status, rows, milliseconds, code }: ServedRequest): string {
  const what = method === '' ? 'what is no request' : `${method.slice(0, 20)} ${path.slice(0, 80)}`;
  const more = code === undefined ? (rows === 0 ? '' : ` ${counted(rows, 'row')}`) : ` ${code}`;
  return `${status} ${what}${more} ${ms(milliseconds)}`;
}

function ms(milliseconds: number): string {
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}
