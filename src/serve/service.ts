// A served ensemble: every request and what it is answered with. It knows no server; adapters bring requests in and carry
// answers out.

import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { csvOf, jsonOf } from './answers.js';
import { rowsOfCsv, rowsOfJson } from './asked-rows.js';
import type { Answer, Asked, Call } from './exchange.js';
import { answerMedia, type BodyMedia, bodyMedia, type Media } from './media.js';
import { type ModelFacts, modelFacts } from './model-facts.js';
import type { FilledHandlerOptions, ServedRequest } from './options.js';
import { wishesOf } from './query.js';
import { busy, JSON_HEADERS, Refusal, refusalAnswer, refusalOf } from './refusal.js';
import { RowQueue, type Wishes } from './row-queue.js';

/** Bodies that are held at once, in bodies of the greatest size: those of a few large requests, or of many small ones. */
const BODIES_HELD = 8;

const HEADERS: Readonly<Record<Media, Readonly<Record<string, string>>>> = {
  json: JSON_HEADERS,
  csv: { ...JSON_HEADERS, 'content-type': 'text/csv; charset=utf-8' },
};

export class PredictionService {
  readonly #ensemble: TrainedEnsemble;
  readonly #options: FilledHandlerOptions;
  readonly #queue: RowQueue;
  readonly #facts: ModelFacts;
  /** Texts that never change, made when they are first asked for. */
  readonly #texts = new Map<string, Answer>();
  /** Requests for predictions. */
  #underWay = 0;
  #bytesHeld = 0;
  #draining = false;

  private constructor(ensemble: TrainedEnsemble, options: FilledHandlerOptions, queue: RowQueue) {
    this.#ensemble = ensemble;
    this.#options = options;
    this.#queue = queue;
    this.#facts = modelFacts(ensemble, options);
  }

  /** Loads the ensemble. @throws what `createPredictor` does. */
  static async open(ensemble: TrainedEnsemble, options: FilledHandlerOptions): Promise<PredictionService> {
    return new PredictionService(ensemble, options, await RowQueue.open(ensemble, options));
  }

  /** From now on it says that it is about to end, and answers all the same. */
  drain(): void {
    this.#draining = true;
  }

  dispose(): void {
    this.#draining = true;
    this.#queue.dispose();
  }

  /** Answers a request. It never rejects: what cannot be answered is refused. */
  async answer(asked: Asked, call: Call): Promise<Answer> {
    const began = performance.now();
    try {
      const answer = await this.#route(asked, call);
      tell(this.#options, { ...answer, ...asked, milliseconds: performance.now() - began });
      return answer;
    } catch (error) {
      const answer = refusalAnswer(refusalOf(error));
      const failure = answer.status === 500 && !call.over ? { error } : {};
      tell(this.#options, { ...answer, ...asked, ...failure, milliseconds: performance.now() - began });
      return answer;
    }
  }

  /** Something was refused before it came here: what is no request, or one under another name. */
  refused(answer: Answer, { method, path }: Pick<Asked, 'method' | 'path'> = { method: '', path: '' }): void {
    tell(this.#options, { ...answer, method, path, milliseconds: 0 });
  }

  #route(asked: Asked, call: Call): Promise<Answer> | Answer {
    const { base } = this.#options;
    const path = asked.path.startsWith(base) ? asked.path.slice(base.length) : null;
    const isRead = asked.method === 'GET' || asked.method === 'HEAD';
    if (path === '/predict') {
      if (asked.method !== 'POST') throw methodRefusal('POST', asked.method);
      return this.#predict(asked, call);
    }
    const page = path === null || !Object.hasOwn(PAGES, path) ? undefined : PAGES[path];
    if (page === undefined) {
      const known = Object.keys(PAGES).filter((name) => name !== '');
      throw new Refusal(404, `Expected /predict, ${known.join(', ')}; there is nothing else here`);
    }
    if (!isRead) throw methodRefusal('GET, HEAD', asked.method);
    return this[page]();
  }

  async #predict(asked: Asked, call: Call): Promise<Answer> {
    if (this.#underWay >= this.#options.maxWaiting) {
      throw busy(
        `Expected at most ${this.#options.maxWaiting} requests at once, got more; send it again later`,
      );
    }
    this.#underWay++;
    try {
      const wishes = wishesOf(asked.query);
      const media = answerMedia(asked);
      const sent = bodyMedia(asked);
      const body = await this.#body(asked);
      try {
        return await this.#inTime(this.#predictBody(body, sent, wishes, media, call), call);
      } finally {
        this.#bytesHeld -= body.length;
      }
    } finally {
      this.#underWay--;
    }
  }

  async #predictBody(
    body: Uint8Array,
    sent: BodyMedia,
    wishes: Wishes,
    media: Media,
    call: Call,
  ): Promise<Answer> {
    const { maxRows } = this.#options;
    const { x, rows, form } =
      sent.media === 'json'
        ? rowsOfJson(this.#ensemble, body, maxRows)
        : await rowsOfCsv(this.#ensemble, body, maxRows, sent.charset);
    const answered = await this.#queue.predict(x, rows, wishes, call);
    const text =
      media === 'csv' ? csvOf(this.#ensemble, answered) : `${jsonOf(this.#ensemble, answered, form)}\n`;
    return { status: 200, headers: HEADERS[media], body: text, rows };
  }

  /** What a promise gives, or else a refusal once it has taken too long. */
  #inTime(promise: Promise<Answer>, call: Call): Promise<Answer> {
    const { timeout } = this.#options;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        call.over = true;
        reject(busy(`Expected the rows to be predicted within ${timeout} s, got no end; send fewer at once`));
      }, timeout * 1000);
      promise.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  /** The body, which is counted until the request is answered. */
  async #body(asked: Asked): Promise<Uint8Array> {
    const { maxBytes } = this.#options;
    const stated = statedLength(asked);
    if (stated > maxBytes) {
      throw new Refusal(413, `Expected a body of at most ${maxBytes} bytes, got ${stated}`);
    }
    if (this.#bytesHeld + stated > BODIES_HELD * maxBytes) {
      throw busy('Expected smaller requests while many are under way; send it again later');
    }
    // What is stated is held from the beginning; the rest as it is known.
    this.#bytesHeld += stated;
    try {
      const body = await asked.body(maxBytes);
      this.#bytesHeld += body.length;
      return body;
    } finally {
      this.#bytesHeld -= stated;
    }
  }

  health(): Answer {
    const status = this.#draining ? 503 : 200;
    const body = `${JSON.stringify({ status: this.#draining ? 'draining' : 'ok' })}\n`;
    return { status, headers: JSON_HEADERS, body };
  }

  model(): Answer {
    return this.#text('model', () => json(this.#facts));
  }

  async openApi(): Promise<Answer> {
    const { openApiOf } = await import('./openapi.js');
    return this.#text('openapi', () => json(openApiOf(this.#facts, this.#options)));
  }

  async page(): Promise<Answer> {
    const { pageOf, pagePolicy } = await import('./page.js');
    return this.#text('page', () => ({
      status: 200,
      headers: {
        ...JSON_HEADERS,
        'content-type': 'text/html; charset=utf-8',
        // The rest of its policy stands in the page.
        'content-security-policy': pagePolicy,
        'referrer-policy': 'no-referrer',
      },
      body: pageOf(this.#facts, this.#options),
    }));
  }

  #text(name: string, make: () => Answer): Answer {
    const known = this.#texts.get(name) ?? make();
    this.#texts.set(name, known);
    return known;
  }
}

const PAGES: Readonly<Record<string, 'page' | 'health' | 'model' | 'openApi'>> = {
  ...{ '': 'page', '/': 'page', '/health': 'health', '/model': 'model', '/openapi.json': 'openApi' },
};

function json(value: object): Answer {
  return { status: 200, headers: JSON_HEADERS, body: `${JSON.stringify(value)}\n` };
}

function methodRefusal(allowed: string, method: string): Refusal {
  return new Refusal(405, `Expected the method ${allowed.split(',')[0]}, got ${method.slice(0, 20)}`, {
    headers: { allow: allowed },
  });
}

/** Bytes that a body says it has; 0 where it does not say. */
function statedLength(asked: Asked): number {
  const length = asked.header('content-length');
  if (length === null) return 0;
  if (/^\d{1,15}$/.test(length)) return Number(length);
  throw new Refusal(400, 'Expected Content-Length to be a number of bytes, got other text');
}

/** What is answered where the ensemble could not be loaded. */
export function failureAnswer(
  options: FilledHandlerOptions,
  asked: Pick<Asked, 'method' | 'path'>,
  error: unknown,
): Answer {
  const answer = refusalAnswer(refusalOf(error));
  tell(options, { ...answer, ...asked, error, milliseconds: 0 });
  return answer;
}

type Told = Omit<ServedRequest, 'rows'> & { readonly rows?: number };

function tell({ onRequest }: FilledHandlerOptions, told: Told): void {
  if (onRequest === undefined) return;
  const { method, path, status, rows = 0, milliseconds, code, error } = told;
  onRequest({
    ...{ method, path, status, rows, milliseconds },
    ...(code === undefined ? {} : { code }),
    ...(error === undefined ? {} : { error }),
  });
}
