// A message between hosts as text: what it says as JSON, behind a signature of it. Whoever can write to the queue and does
// not have the secret can bring about nothing but that a message is not read.
//
//   tutti1 NAME SIGNATURE JSON      NAME tells by which secret it is signed, without telling the secret
//
// The signature is of the JSON's bytes as they came and of what the message is bound to, so that nothing is decoded before
// it is known whose it is. HMAC-SHA256, a key for each purpose.

import { TuttiError } from '../../errors.js';
import { sortedJson } from '../../files/sorted-plain.js';
import { check, issueText } from '../../schema-check.js';
import type * as z from '../../zod.js';
import type { Purpose, Secret } from './secret.js';

const FORMAT = 'tutti1';
/** Whatever comes is no longer; a task is shorter still. */
const MOST_CHARACTERS = 2 ** 16;
const FORM = /^(tutti\d{1,9}) ([\w-]{1,64}) ([\w-]{1,64}) (.*)$/s;

const NAMES: Readonly<Record<Purpose, string>> = {
  task: 'task',
  result: 'result',
  progress: 'report of progress',
  control: 'call',
};

/**
 * @param boundTo what it belongs to, which is not said again: the id of a task; '' for nothing.
 * @param said plain data; numbers are finite.
 */
export function signText(secret: Secret, purpose: Purpose, boundTo: string, said: object): string {
  const json = sortedJson(said);
  return `${FORMAT} ${secret.name} ${secret.sign(purpose, `${boundTo}\n${json}`)} ${json}`;
}

/**
 * What a message says.
 * @throws ERR_TASK when it is none, is signed with another secret, was altered, or does not say what it must.
 */
export function readSigned<Schema extends z.ZodType>(
  secret: Secret,
  purpose: Purpose,
  boundTo: string,
  text: string,
  schema: Schema,
): z.output<Schema> {
  const name = NAMES[purpose];
  const [, format, signer, signature, json] = form(text) ?? failText(name, 'a text of another kind');
  if (format !== FORMAT) failText(name, `one of format ${format}, where ${FORMAT} is read: update tutti`);
  if (signer !== secret.name) failText(name, 'one that is signed with another secret');
  if (!secret.verifies(purpose, `${boundTo}\n${json}`, signature!)) {
    const other = boundTo === '' ? '' : ', or belongs to another task';
    failText(name, `one that was altered on its way${other}`);
  }
  const { data, issue } = check(schema, parsed(json!, name));
  return issue === null ? data : failText(name, `one that is wrong at ${issueText(issue)}`);
}

function form(text: unknown): RegExpExecArray | null {
  return typeof text === 'string' && text.length <= MOST_CHARACTERS ? FORM.exec(text) : null;
}

function parsed(json: string, name: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return failText(name, 'one that is no JSON');
  }
}

/** @throws ERR_TASK */
export function failText(name: string, got: string): never {
  throw new TuttiError('ERR_TASK', `Expected a ${name} of this cluster, got ${got}`, { message: name });
}
