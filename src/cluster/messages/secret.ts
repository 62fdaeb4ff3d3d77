// What coordinator and hosts of a cluster share, and nobody else has: by it they know each other's messages. It is nowhere
// but in this object's keys, which nothing prints, and every purpose has a key of its own that leads to no other.

import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { failOption, TuttiError } from '../../errors.js';
import { readBoundedFileAsync } from '../../files/regular-file.js';

/** The environment variable that has it. */
export const SECRET_VARIABLE = 'TUTTI_CLUSTER_SECRET';

/** Below that it could be guessed by whoever has one message. */
const LEAST_CHARACTERS = 32;
const MOST_CHARACTERS = 4096;

const KEY_BYTES = 32;
const NAME_BYTES = 6;

/** How one is made, for messages. */
const HOW_TO_MAKE = '`openssl rand -hex 32 > secret` makes one, for the coordinator and every worker';

/** What a message is: one of a purpose does not pass for one of another. */
export type Purpose = 'task' | 'result' | 'progress' | 'control';

export class Secret {
  readonly #text: string;
  readonly #keys = new Map<string, Buffer>();

  /**
   * @param source where it is from, for messages: `the file /run/secret`.
   * @throws ERR_OPTION for one that is too short; it is not repeated.
   */
  constructor(text: string, source = '`secret`') {
    // A file ends with its line.
    const own = text.trim();
    if (own.length < LEAST_CHARACTERS || own.length > MOST_CHARACTERS) failSecret(source, own.length);
    this.#text = own;
  }

  /** Tells secrets apart without telling them: the same for the same secret everywhere. */
  get name(): string {
    return this.#key('name').subarray(0, NAME_BYTES).toString('base64url');
  }

  /** What lets its holder into the store that a coordinator serves; it tells nothing of the rest. */
  get storeToken(): string {
    return this.#key('store').toString('base64url');
  }

  /** A number below 1 that nobody can foretell who does not have the secret, and that is the same for the same words. */
  drawOf(words: string): number {
    const mac = createHmac('sha256', this.#key('draw')).update(words).digest();
    return mac.readUInt32LE() / 2 ** 32;
  }

  /** @param words the whole message, and what it is bound to. */
  sign(purpose: Purpose, words: string): string {
    return createHmac('sha256', this.#key(purpose)).update(words).digest('base64url');
  }

  /** Whether a signature is that of the words; how long it takes tells nothing. */
  verifies(purpose: Purpose, words: string, signature: string): boolean {
    const [own, given] = [Buffer.from(this.sign(purpose, words)), Buffer.from(signature)];
    return own.length === given.length && timingSafeEqual(own, given);
  }

  /** **Source:** RFC 5869. */
  #key(purpose: string): Buffer {
    const known = this.#keys.get(purpose);
    if (known !== undefined) return known;
    const key = Buffer.from(hkdfSync('sha256', this.#text, '', `tutti cluster 1 ${purpose}`, KEY_BYTES));
    this.#keys.set(purpose, key);
    return key;
  }
}

/** Where a caller has the secret; one of them. */
export interface SecretSource {
  /** The secret itself. @default the environment's */
  readonly secret?: string | undefined;
  /** A file that holds it and nothing else. */
  readonly secretFile?: string | undefined;
}

/**
 * The secret of whoever has one: its text, a file, or else TUTTI_CLUSTER_SECRET.
 * @throws ERR_OPTION for none, two or one that is too short; ERR_FILE.
 */
export async function findSecret({ secret, secretFile }: SecretSource): Promise<Secret> {
  if (secret !== undefined && secretFile !== undefined) {
    throw new TuttiError('ERR_OPTION', 'Expected one of `secret` and `secretFile`, got both', {
      option: 'secretFile',
    });
  }
  if (secretFile !== undefined) {
    const bytes = await readBoundedFileAsync(secretFile, { maxBytes: 4 * MOST_CHARACTERS });
    return new Secret(bytes.toString('utf8'), `the file ${secretFile}`);
  }
  const [text, source] = secret === undefined ? [process.env[SECRET_VARIABLE], SECRET_VARIABLE] : [secret];
  if (text !== undefined && text !== '') return new Secret(text, source);
  return failOption(
    'secret',
    `a secret of ${LEAST_CHARACTERS} characters or more, in a file (--secret-file) or in ${SECRET_VARIABLE}; ${HOW_TO_MAKE}`,
    undefined,
  );
}

/** Its length alone is told. */
function failSecret(source: string, length: number): never {
  const message =
    `Expected the secret of ${source} to have ${LEAST_CHARACTERS} to ${MOST_CHARACTERS} characters, ` +
    `got ${length}; ${HOW_TO_MAKE}`;
  throw new TuttiError('ERR_OPTION', message, { option: 'secret' });
}
