// A reader of the live page's stream of events, for tests.

import { once } from 'node:events';
import { type ClientRequest, get, type IncomingMessage } from 'node:http';

export interface StreamEvent {
  readonly name: string;
  readonly data: unknown;
}

/** Listens to the events of a run as a page would. */
export class EventReader {
  readonly #asked: ClientRequest;
  readonly #pieces: AsyncIterator<string>;
  #text = '';
  retryMs: number | null = null;

  private constructor(asked: ClientRequest, response: IncomingMessage) {
    this.#asked = asked;
    this.#pieces = response.setEncoding('utf8')[Symbol.asyncIterator]();
  }

  /** @param url of the page, with its token. */
  static async open(url: string): Promise<EventReader> {
    const { host, search } = new URL(url);
    const asked = get(`http://${host}/events${search}`, { agent: false });
    asked.on('error', () => undefined);
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    if (response.statusCode !== 200) throw new Error(`The stream was answered with ${response.statusCode}`);
    response.on('error', () => undefined);
    return new EventReader(asked, response);
  }

  /** The next event; null when the stream has ended. */
  async next(): Promise<StreamEvent | null> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end < 0) {
        const { done, value } = await this.#pieces.next();
        if (done === true) return null;
        this.#text += value;
        continue;
      }
      const lines = this.#text.slice(0, end).split('\n');
      this.#text = this.#text.slice(end + 2);
      const field = (name: string) =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      if (field('retry') !== undefined) this.retryMs = Number(field('retry'));
      const [name, data] = [field('event'), field('data')];
      if (name !== undefined && data !== undefined) return { name, data: JSON.parse(data) };
    }
  }

  leave(): void {
    this.#asked.destroy();
  }
}
