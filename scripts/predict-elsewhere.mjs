// Holds tutti/predict to the bytes of the trainer in runtimes that are no dependency of tutti's, those of them that are found:
//
//   node scripts/predict-elsewhere.mjs [deno=PATH] [bun=PATH] [firefox=PATH]
//
// Firefox is driven by nothing: the page that it is started with posts what it came to.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInlineRunner, loadData, trainEnsemble } from '../dist/lib/index.js';

const LIB = fileURLToPath(new URL('../dist/lib/', import.meta.url));
const LONGEST_MS = 120_000;

/** What every runtime runs: SHA-256 of what each ensemble says of the rows. `open` gives bytes by name. */
const ASK = `
async function ask(openEnsemble, sourceOf, bytesOf) {
  const answers = {};
  for (const arithmetic of ['fused', 'strict']) {
    const ensemble = await openEnsemble(sourceOf(arithmetic + '.tutti'));
    const rows = await bytesOf('rows');
    const { mean } = await ensemble.predict(new Float64Array(rows.buffer, rows.byteOffset, rows.byteLength / 8));
    const hash = await crypto.subtle.digest('SHA-256', new Uint8Array(mean.buffer, mean.byteOffset, mean.byteLength));
    answers[arithmetic] = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
  return answers;
}
`;

const folder = mkdtempSync(join(tmpdir(), 'tutti-elsewhere-'));
const data = await loadData(fileURLToPath(new URL('../data/digits.csv', import.meta.url)), {
  ...{ target: 'digit', testShare: 0.3, seed: 1 },
});
const rows = Float64Array.from(data.test.x);
const expected = {};
for (const arithmetic of ['fused', 'strict']) {
  const ensemble = await trainEnsemble(
    data.train,
    { members: 8, epochs: 5, seed: 1, arithmetic },
    { runner: createInlineRunner() },
  );
  writeFileSync(join(folder, `${arithmetic}.tutti`), await ensemble.toBytes());
  const { mean } = await ensemble.predict(rows);
  const bytes = new Uint8Array(mean.buffer, mean.byteOffset, mean.byteLength);
  expected[arithmetic] = createHash('sha256').update(bytes).digest('hex');
}
writeFileSync(join(folder, 'rows'), new Uint8Array(rows.buffer));
writeFileSync(
  join(folder, 'ask.mjs'),
  `${ASK}
  import { readFile } from 'node:fs/promises';
  import { openEnsemble } from ${JSON.stringify(join(LIB, 'predict.js'))};
  const at = (name) => ${JSON.stringify(`${folder}/`)} + name;
  console.log(JSON.stringify(await ask(openEnsemble, at, async (name) => Uint8Array.from(await readFile(at(name))))));`,
);
const PAGE = `<!doctype html><title>predict</title><script type="module">${ASK}
  const answer = await import('/predict.js')
    .then(({ openEnsemble }) => ask(openEnsemble, (name) => '/' + name, async (name) => new Uint8Array(await (await fetch('/' + name)).arrayBuffer())))
    .catch((error) => ({ error: String(error) }));
  await fetch('/answer', { method: 'POST', body: JSON.stringify(answer) });
</script>`;

/** What a command says, or posts to the page's server, until it ends or takes too long. */
function answerOf(command, args, env = {}) {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const late = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
  let said = '';
  child.stdout.on('data', (piece) => {
    said += piece;
  });
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(late);
      resolve(said.trim());
    });
  });
  return { child, ended };
}

async function inFirefox(path) {
  const types = { js: 'text/javascript', wasm: 'application/wasm' };
  let answer = null;
  let stop = () => {};
  const server = createServer(async (request, response) => {
    if (request.url === '/answer') {
      let body = '';
      for await (const piece of request) body += piece;
      answer = body;
      response.end();
      stop();
      return;
    }
    const name = request.url === '/' ? null : request.url.slice(1);
    const inLib = /^(predict[\w-]*\.js|\w+\.wasm)$/.test(name ?? '');
    try {
      const body = name === null ? PAGE : readFileSync(join(inLib ? LIB : folder, name));
      response.writeHead(200, { 'content-type': types[name?.split('.')[1]] ?? 'text/html' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const profile = join(folder, 'profile');
  mkdirSync(profile);
  const url = `http://127.0.0.1:${server.address().port}/`;
  const { child, ended } = answerOf(path, ['--headless', '--no-remote', '--profile', profile, url], {
    HOME: folder,
  });
  stop = () => child.kill();
  await ended;
  server.close();
  return answer ?? '{"error":"no answer"}';
}

let failed = false;
for (const [name, path] of process.argv.slice(2).map((text) => text.split('='))) {
  const args = [...(name === 'deno' ? ['run', '--allow-read', '--no-lock'] : []), join(folder, 'ask.mjs')];
  const said = name === 'firefox' ? await inFirefox(path) : await answerOf(path, args).ended;
  const isSame = said === JSON.stringify(expected);
  failed ||= !isSame;
  console.log(`${name}: ${isSame ? 'the same bytes' : `got ${said} instead of ${JSON.stringify(expected)}`}`);
}
rmSync(folder, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;
