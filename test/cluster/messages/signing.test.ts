// Messages between hosts: what is signed is read, and nothing else is, whatever of it was changed, by whatever secret, for
// whatever purpose and for whatever task.

import { createHmac, hkdfSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import t from 'tap';
import { digestOf } from '../../../src/blobs/digest.js';
import { openTask, sealTask, taskId } from '../../../src/cluster/messages/queued-task.js';
import {
  openControl,
  openProgress,
  openResult,
  sealControl,
  sealProgress,
  sealResult,
} from '../../../src/cluster/messages/reports.js';
import { findSecret, SECRET_VARIABLE, Secret } from '../../../src/cluster/messages/secret.js';
import {
  requireArithmetic,
  trainingBytes,
  trainingFrom,
} from '../../../src/cluster/messages/shared-training.js';
import type { SharedTraining, Task } from '../../../src/cluster/messages/task.js';
import type { TuttiError } from '../../../src/errors.js';
import { VERSION } from '../../../src/version.js';
import { codeOf } from '../../support/message-runner.js';

const TEXT = 'correct horse battery staple, twice over';
const secret = new Secret(TEXT);
const other = new Secret(TEXT.toUpperCase());
const digest = (of: string) => digestOf(Buffer.from(of));

const task: Task = {
  training: digest('training'),
  kind: 'member',
  members: [
    {
      member: 3,
      streams: { resample: 3, init: 3, order: 3, masks: 3 },
      from: {
        epoch: 2,
        learningRate: 0.1,
        best: { epoch: 0, loss: Number.POSITIVE_INFINITY },
        parameters: digest('state'),
      },
      until: 5,
      anchor: null,
      keepsState: false,
      endsGroup: false,
    },
  ],
  handOvers: { seconds: 10 },
  copy: 0,
};
const postage = { store: 'http://127.0.0.1:9', notHosts: [] };
const id = taskId(task);
const result = { host: 'a', outcomes: digest('outcomes'), executors: ['wasm'] };

async function messageOf(act: () => unknown): Promise<string> {
  try {
    await act();
    return 'nothing';
  } catch (error) {
    return (error as Error).message;
  }
}

t.test('a task comes out as it went in, infinite loss and all', async (t) => {
  const queued = sealTask(secret, task, postage);
  t.equal(queued.id, id);
  t.equal(queued.training, task.training);
  t.strictSame(await openTask(secret, queued), { id, task, postage });
  const bare = JSON.parse(JSON.stringify(task)) as Task;
  t.not(taskId({ ...bare, copy: 1 }), taskId(bare), 'a second time is another task');
});

t.test('the id is of what is asked alone', async (t) => {
  const moved = sealTask(secret, task, { store: 's3://elsewhere', notHosts: ['b'] });
  t.equal(moved.id, id);
  t.not(moved.body, sealTask(secret, task, postage).body);
  t.equal(sealTask(other, task, postage).id, id);
  const reordered = Object.fromEntries(Object.entries(task).reverse()) as unknown as Task;
  t.equal(taskId(reordered), id, 'in whatever order its fields are');
});

t.test('a change of any character is refused', async (t) => {
  const { body } = sealTask(secret, task, postage);
  for (let at = 0; at < body.length; at++) {
    const changed = body.slice(0, at) + String.fromCharCode(body.charCodeAt(at) ^ 1) + body.slice(at + 1);
    const code = await codeOf(() => openTask(secret, { id, body: changed }));
    if (code !== 'ERR_TASK') t.fail(`character ${at}: ${code}`);
    const cut = await codeOf(() => openTask(secret, { id, body: body.slice(0, at) }));
    if (cut !== 'ERR_TASK') t.fail(`cut at ${at}: ${cut}`);
  }
  t.equal(await codeOf(() => openTask(secret, { id, body })), null);
});

t.test('messages say what is wrong', async (t) => {
  const { body } = sealTask(secret, task, postage);
  const open = (text: unknown, of = secret) => messageOf(() => openTask(of, { id, body: text as string }));
  t.match(await open(body, other), 'signed with another secret');
  t.match(
    await open(body.replace('"until":5', '"until":6')),
    'altered on its way, or belongs to another task',
  );
  t.match(await open(body.replace('tutti1', 'tutti2')), 'format tutti2, where tutti1 is read: update tutti');
  t.match(await open('{}'), 'a text of another kind');
  t.match(await open(7), 'more than 4096 bytes');
  t.match(await open(`${body}${' '.repeat(5000)}`), 'more than 4096 bytes');
  t.match(
    await messageOf(() => openTask(secret, { id: digest('another'), body })),
    'altered on its way, or belongs to another task',
  );
  // Whoever has the secret and signs what is no task.
  const json = JSON.stringify({ task: { ...task, members: [] }, postage });
  const name = body.split(' ')[1]!;
  const signed = `tutti1 ${name} ${secret.sign('task', `${id}\n${json}`)} ${json}`;
  t.match(await open(signed), 'wrong at task.members');
  const none = `tutti1 ${name} ${secret.sign('task', `${id}\n{`)} {`;
  t.match(await open(none), 'no JSON');
  const long = { ...task, members: Array.from({ length: 40 }, () => task.members[0]!) } as unknown as Task;
  t.equal(await codeOf(() => sealTask(secret, long, postage)), 'ERR_INTERNAL');
});

t.test('a message of one purpose, or of one task, does not pass for another', async (t) => {
  const sealed = sealResult(secret, id, result);
  t.strictSame(await openResult(secret, id, sealed), result);
  t.equal(await codeOf(() => openResult(secret, digest('another'), sealed)), 'ERR_TASK');
  t.equal(await codeOf(() => openResult(other, id, sealed)), 'ERR_TASK');
  t.equal(await codeOf(() => openProgress(secret, id, sealed)), 'ERR_TASK');
  t.equal(await codeOf(() => openControl(secret, sealed)), 'ERR_TASK');
  const control = { call: 'stop', training: task.training, task: null } as const;
  t.strictSame(await openControl(secret, sealControl(secret, control)), control);
  t.equal(await codeOf(() => openResult(secret, '', sealControl(secret, control))), 'ERR_TASK');
});

t.test('a loss that is no number is none', async (t) => {
  const progress = {
    ...{ host: 'a', member: 3, epoch: 1, epochs: 5, loss: Number.NaN, share: 0.2 },
    ...{ handed: null, refused: null },
  };
  const opened = await openProgress(secret, id, sealProgress(secret, id, progress));
  t.equal(opened.loss, null);
  t.equal(opened.share, 0.2);
});

t.test('signatures are HMAC-SHA256 with a key of HKDF for each purpose', async (t) => {
  const key = Buffer.from(hkdfSync('sha256', TEXT, '', 'tutti cluster 1 result', 32));
  const [, , signature, json] = /^(\S+) \S+ (\S+) (.*)$/.exec(sealResult(secret, id, result)) ?? [];
  const [sealedSignature, sealedJson] = [signature, json];
  t.equal(sealedSignature, createHmac('sha256', key).update(`${id}\n${sealedJson}`).digest('base64url'));
});

t.test('a secret is long enough, and nothing shows it', async (t) => {
  for (const short of ['', 'x'.repeat(31), `${' '.repeat(40)}x`, 'x'.repeat(5000)]) {
    const message = await messageOf(() => new Secret(short, 'the file s'));
    t.match(message, 'Expected the secret of the file s to have 32 to 4096 characters, got');
    t.match(message, 'openssl rand -hex 32');
  }
  const shown = [inspect(secret, { depth: 9, showHidden: true }), JSON.stringify(secret), String(secret)];
  for (const text of shown) t.notMatch(text, /horse|battery/);
  t.equal(await codeOf(() => structuredClone(secret).sign), null);
  t.equal(new Secret(` ${TEXT}\n`).name, secret.name, 'a file ends with its line');
  t.not(other.name, secret.name);
  const tokens = [secret.storeToken, secret.name, other.storeToken];
  t.equal(new Set(tokens).size, 3);
});

t.test('where a secret is looked for', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'secret');
  writeFileSync(file, `${TEXT}\n`);
  const before = process.env[SECRET_VARIABLE];
  t.teardown(() => {
    if (before === undefined) delete process.env[SECRET_VARIABLE];
    else process.env[SECRET_VARIABLE] = before;
  });
  delete process.env[SECRET_VARIABLE];
  t.match(await messageOf(() => findSecret({})), /openssl rand -hex 32/);
  t.equal(await codeOf(() => findSecret({})), 'ERR_OPTION');
  t.equal((await findSecret({ secretFile: file })).name, secret.name);
  t.equal((await findSecret({ secret: TEXT })).name, secret.name);
  t.equal(await codeOf(() => findSecret({ secret: TEXT, secretFile: file })), 'ERR_OPTION');
  t.equal(await codeOf(() => findSecret({ secretFile: join(folder, 'none') })), 'ERR_FILE');
  process.env[SECRET_VARIABLE] = TEXT;
  t.equal((await findSecret({})).name, secret.name);
  process.env[SECRET_VARIABLE] = 'short';
  t.match(await messageOf(() => findSecret({})), 'TUTTI_CLUSTER_SECRET to have 32');
});

t.test('draws of a secret are spread over [0, 1)', async (t) => {
  const draws = Array.from({ length: 2000 }, (_, member) => secret.drawOf(`7 ${member}`));
  t.ok(draws.every((draw) => draw >= 0 && draw < 1));
  // Of 2 000 uniform draws 1 000 ± 22.4 (one standard deviation) lie below a half.
  const below = draws.filter((draw) => draw < 0.5).length;
  t.ok(Math.abs(below - 1000) < 100, `${below} below a half`);
  t.equal(secret.drawOf('7 1'), draws[1], 'the same every time');
  t.not(other.drawOf('7 1'), draws[1]);
});

const shared: SharedTraining = {
  ...{ version: VERSION, plan: digest('plan'), dataset: digest('data'), datasetHash: digest('rows') },
  ...{ modules: [], reseeds: 2 },
};

t.test('what tasks share says its version first', async (t) => {
  t.strictSame(await trainingFrom(trainingBytes(shared), 'a'), shared);
  const next = Buffer.from(JSON.stringify({ version: '99.0.0', fields: 'of its own' }));
  const message = await messageOf(() => trainingFrom(next, 'host-7'));
  t.match(message, VERSION);
  t.match(message, '99.0.0');
  t.match(message, 'host-7');
  for (const text of ['', '{', '[]', 'null', '{"version":1}', JSON.stringify({ ...shared, reseeds: -1 })]) {
    t.equal(await codeOf(() => trainingFrom(Buffer.from(text), 'a')), 'ERR_TASK', text);
  }
  t.equal(await codeOf(() => trainingFrom(Uint8Array.of(0xff, 0xfe), 'a')), 'ERR_TASK');
});

t.test('arithmetic that a host has is no matter', async (t) => {
  t.doesNotThrow(() => requireArithmetic('strict', 'a'));
  try {
    requireArithmetic('fused', 'host-7');
  } catch (error) {
    // Where this machine cannot do it.
    t.match((error as TuttiError).message, 'host-7');
    t.equal((error as TuttiError).code, 'ERR_ARITHMETIC');
  }
});
