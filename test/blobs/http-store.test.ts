// A store served over HTTP: what it does as every store, who is let in, and what becomes of a network and servers at fault.

import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, truncateSync } from 'node:fs';
import { createServer, type RequestListener, request } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { storeError } from '../../src/blobs/blob-errors.js';
import { type BlobStore, MOST_BLOB_BYTES } from '../../src/blobs/blob-store.js';
import { digestOf } from '../../src/blobs/digest.js';
import { blobPath, openFileStore } from '../../src/blobs/file-store.js';
import { type HttpStoreOptions, openHttpStore } from '../../src/blobs/http-store.js';
import { type ServeBlobsOptions, serveBlobs } from '../../src/blobs/serve-blobs.js';
import { type MemoryStore, memoryStore } from '../support/memory-store.js';
import { noise } from '../support/noise.js';
import { behavesAsAStore } from './every-store.js';

const MODULE = new URL('../../src/blobs/http-store.js', import.meta.url).href;
const TOKEN = 'a token of thirty-two characters';
/** Tries again at once, so that no test waits. */
const QUICK: HttpStoreOptions = { pausesMs: [1, 1, 1] };

/** A served store and a client of it, both ended with the test. */
async function served(
  t: Test,
  behind: BlobStore,
  settings: Partial<ServeBlobsOptions> = {},
  options = QUICK,
) {
  const server = await serveBlobs({ store: behind, token: TOKEN, ...settings });
  const store = openHttpStore(server.address, TOKEN, options);
  t.teardown(async () => {
    await store.close();
    await server.close();
  });
  return { server, store };
}

/** Something else that answers; ended with the test. */
async function answering(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** One request as it is. */
function ask(url: string, method: string, headers: Record<string, string | number> = {}, body?: Uint8Array) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const asked = request(url, { method, headers, agent: false }, async (response) => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of response) chunks.push(chunk);
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        });
      });
      asked.on('error', reject);
      asked.end(body);
    },
  );
}

t.test('over a folder', (t) => {
  behavesAsAStore(t, async () => {
    const folder = t.testdir();
    return (await served(t, openFileStore(folder))).store;
  });
  t.end();
});

t.test('over any other store', (t) => {
  behavesAsAStore(t, async () => (await served(t, memoryStore())).store);
  t.end();
});

t.test('its address is where it listens, on the loopback address unless it is told otherwise', async (t) => {
  const { server, store } = await served(t, memoryStore());
  t.match(server.address, /^http:\/\/127\.0\.0\.1:\d+$/);
  t.equal(store.address, server.address);
  await t.rejects(serveBlobs({ store: memoryStore(), token: TOKEN, port: server.port }), {
    code: 'ERR_OPTION',
    message: /`port`.*which another program has/,
  });
});

t.test('a form goes through it as it lies in the folder', async (t) => {
  const folder = t.testdir();
  const { store } = await served(t, openFileStore(folder));
  const bytes = new Uint8Array(5000);
  const digest = digestOf(bytes);
  await store.put(digest, bytes);
  const there = readFileSync(blobPath(folder, digest));
  t.ok(there.length < 100);
  t.ok(there.equals((await store.raw.read(digest))!));
});

t.test('nobody is answered without the token, and told nothing', async (t) => {
  const behind = memoryStore();
  const { server } = await served(t, behind);
  const bytes = noise(100);
  const digest = digestOf(bytes);
  await behind.put(digest, bytes);
  const url = `${server.address}/blobs/${digest}`;
  const tokens = [undefined, '', 'Bearer ', TOKEN, `Bearer ${TOKEN}x`, `bearer ${TOKEN}`, `Basic ${TOKEN}`];
  for (const method of ['GET', 'PUT', 'POST', 'DELETE', 'HEAD']) {
    for (const token of tokens) {
      const { status, text } = await ask(url, method, token === undefined ? {} : { authorization: token });
      t.equal(status, 401, `${method} ${token}`);
      t.notMatch(text, digest);
    }
  }
  t.equal(behind.blobs.size, 1);
  const other = openHttpStore(server.address, 'another token', QUICK);
  await t.rejects(other.get(digest), { code: 'ERR_STORE', message: /refuses this host: .*another secret/ });
  await t.rejects(other.put(digest, bytes), { code: 'ERR_STORE' });
  const large = noise(MOST_BLOB_BYTES);
  await t.rejects(other.put(digestOf(large), large), { code: 'ERR_STORE', message: /another secret/ });
});

t.test('nothing is listed, and no path leads elsewhere', async (t) => {
  const { server } = await served(t, openFileStore(t.testdir()));
  const headers = { authorization: `Bearer ${TOKEN}` };
  const digest = '0'.repeat(64);
  for (const path of [
    '',
    '/',
    '/blobs',
    '/blobs/',
    '/blobs/..',
    `/blobs/${digest}/`,
    `/blobs/../${digest}`,
    `/${digest}`,
    `/blobs/${digest}?`,
    '/blobs/%2e%2e',
  ])
    t.equal((await ask(`${server.address}${path}`, 'GET', headers)).status, 404, path);
  t.equal((await ask(`${server.address}/blobs/${digest}`, 'PATCH', headers)).status, 405);
});

t.test('what is sent must be what its name says, in the length that it says', async (t) => {
  const behind = memoryStore();
  const { server, store } = await served(t, behind);
  const bytes = noise(100);
  const digest = digestOf(bytes);
  const url = `${server.address}/blobs/${digest}`;
  const headers = { authorization: `Bearer ${TOKEN}` };
  t.equal((await ask(url, 'PUT', headers, noise(101, 2))).status, 422);
  t.equal((await ask(url, 'PUT', { ...headers, 'transfer-encoding': 'chunked' }, noise(101))).status, 411);
  t.equal((await ask(url, 'PUT', { ...headers, 'content-length': 2 ** 40 })).status, 413);
  await t.rejects(store.put(digest, noise(100, 2)), {
    code: 'ERR_STORE',
    message: /answered with 422: .*another SHA-256/,
  });
  t.equal(behind.blobs.size, 0);
});

t.test('a request that breaks off leaves nothing, and the server goes on', async (t) => {
  const behind = memoryStore();
  const { server, store } = await served(t, behind);
  const bytes = noise(5000);
  const digest = digestOf(bytes);
  await new Promise<void>((resolve) => {
    const socket = connect(server.port, '127.0.0.1', () => {
      socket.write(
        `PUT /blobs/${digest} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Length: 5001\r\n\r\n`,
      );
      socket.write(Buffer.concat([Buffer.of(0), bytes.subarray(0, 2000)]), () => socket.destroy());
    });
    socket.on('close', () => resolve());
  });
  t.equal(behind.blobs.size, 0);
  await store.put(digest, bytes);
  t.equal(behind.blobs.size, 1);
});

t.test('whoever is silent is let go', async (t) => {
  const { server, store } = await served(t, memoryStore(), { idleMs: 50 });
  await new Promise<void>((resolve) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write('GET /blobs/'));
    socket.on('close', () => resolve());
  });
  const bytes = noise(10);
  await store.put(digestOf(bytes), bytes);
  t.pass('others are answered');
});

t.test('hosts that ask for the same at once have it read once', async (t) => {
  const folder = t.testdir();
  const files = openFileStore(folder);
  let reads = 0;
  const raw = {
    ...files.raw,
    read: (digest: string) => {
      reads++;
      return files.raw.read(digest);
    },
  };
  const { server } = await served(t, { ...files, raw } as BlobStore);
  const bytes = noise(MOST_BLOB_BYTES);
  await files.put(digestOf(bytes), bytes);
  const hosts = Array.from({ length: 12 }, () => openHttpStore(server.address, TOKEN, QUICK));
  const all = await Promise.all(hosts.map((host) => host.get(digestOf(bytes))));
  for (const got of all) t.equal(got.length, bytes.length);
  t.ok(reads < hosts.length, `${reads} reads`);
  for (const host of hosts) await host.close();
});

t.test('a store at fault says so to the other host', async (t) => {
  const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  const behind: MemoryStore = {
    ...memoryStore(),
    put: async () => {
      throw storeError('file:///data', 'cannot be written', full);
    },
    get: async () => {
      throw new Error('secret words');
    },
  };
  const { store } = await served(t, behind);
  const bytes = noise(10);
  await t.rejects(store.put(digestOf(bytes), bytes), {
    code: 'ERR_STORE',
    message: /answered with 507: .*cannot be written: ENOSPC/,
  });
  await t.rejects(store.get(digestOf(bytes)), {
    code: 'ERR_STORE',
    message: /answered with 500: The store failed\.$/,
  });
});

t.test('a damaged blob is said to be, and mended by who stores it again', async (t) => {
  const folder = t.testdir();
  const { store } = await served(t, openFileStore(folder));
  const bytes = noise(300);
  const digest = digestOf(bytes);
  await store.put(digest, bytes);
  truncateSync(blobPath(folder, digest), 200);
  await t.rejects(store.get(digest), { code: 'ERR_BLOB', details: { digest, problem: 'damaged' } });
  t.equal(await store.has(digest), false);
  await store.put(digest, bytes);
  t.ok(Buffer.from(bytes).equals(await store.get(digest)));
});

t.test('a network that stumbles is tried again', async (t) => {
  const bytes = noise(300);
  const form = Buffer.concat([Buffer.of(0), bytes]);
  const ours = { 'x-tutti-blobs': '1', 'content-length': String(form.length) };
  const stumbles: Record<string, RequestListener> = {
    'the connection breaks off': (_, response) => response.destroy(),
    'it breaks off within a blob': (_, response) => {
      response.writeHead(200, ours);
      response.write(form.subarray(0, 100), () => response.destroy());
    },
    'the server is not well': (_, response) => response.writeHead(503, ours).end(form),
    'the server is silent': () => undefined,
    'a byte is altered on its way': (_, response) =>
      response.writeHead(200, ours).end(form.map((byte, at) => (at === 9 ? byte ^ 4 : byte))),
    'a gateway has lost the server': (_, response) => response.writeHead(502).end('Bad gateway'),
  };
  for (const [name, stumble] of Object.entries(stumbles)) {
    let asked = 0;
    const url = await answering(t, (request, response) =>
      asked++ === 0 ? stumble(request, response) : response.writeHead(200, ours).end(form),
    );
    const store = openHttpStore(url, TOKEN, { pausesMs: [1], idleMs: name.includes('silent') ? 100 : 5000 });
    t.ok(Buffer.from(bytes).equals(await store.get(digestOf(bytes))), name);
    t.equal(asked, 2, name);
    await store.close();
  }
});

t.test('a server that is gone, or stays silent, is an error in the end', async (t) => {
  const { server } = await served(t, memoryStore());
  await server.close();
  const digest = digestOf(noise(3));
  const gone = openHttpStore(server.address, TOKEN, QUICK);
  await t.rejects(gone.get(digest), { code: 'ERR_STORE', message: /cannot be reached: .*ECONNREFUSED/ });
  const silent = openHttpStore(await answering(t, () => undefined), TOKEN, { pausesMs: [1], idleMs: 30 });
  await t.rejects(silent.get(digest), {
    code: 'ERR_STORE',
    message: /cannot be reached: nothing came for 0.03 s/,
  });
  await t.rejects(silent.put(digest, noise(3)), { code: 'ERR_STORE' });
});

t.test('what else answers there is not believed', async (t) => {
  const digest = digestOf(noise(3));
  for (const status of [200, 204, 404]) {
    const store = openHttpStore(
      await answering(t, (_, response) => response.writeHead(status).end()),
      TOKEN,
      QUICK,
    );
    const expected = { code: 'ERR_STORE', message: /is no store of blobs/ };
    await t.rejects(store.get(digest), expected);
    await t.rejects(store.put(digest, noise(3)), expected);
    await t.rejects(store.has(digest), expected);
    await store.close();
  }
});

t.test('an answer longer than any blob is not read to its end', async (t) => {
  let sent = 0;
  const url = await answering(t, (_, response) => {
    response.writeHead(200, { 'x-tutti-blobs': '1' });
    const more = (problem?: Error | null) => {
      if (problem || response.destroyed || sent > 2 ** 28) return;
      sent += 2 ** 20;
      response.write(new Uint8Array(2 ** 20), more);
    };
    more();
  });
  await t.rejects(openHttpStore(url, TOKEN, QUICK).get(digestOf(noise(3))), {
    code: 'ERR_BLOB',
    message: /longer than any blob/,
  });
  t.ok(sent < 2 ** 26, `${sent} bytes were sent`);
});

t.test('a request that is under way stops when it is told to', async (t) => {
  const store = openHttpStore(await answering(t, () => undefined), TOKEN, QUICK);
  const controller = new AbortController();
  const asked = store.get(digestOf(noise(3)), controller.signal);
  setTimeout(() => controller.abort(new Error('enough')), 20);
  await t.rejects(asked, { message: 'enough' });
});

t.test('a URL with credentials, or of something else, is refused and not repeated', async (t) => {
  for (const url of [
    'http://me:hunter2@host/',
    'http://host/?token=hunter2',
    'ftp://host/hunter2',
    'host',
    'http://host/#hunter2',
  ]) {
    const refused = t.throws(() => openHttpStore(url, TOKEN), { code: 'ERR_OPTION' }) as unknown as Error;
    t.notMatch(String(refused?.message), 'hunter2');
  }
});

const openssl = spawnSync('openssl', ['version']).status === 0 ? false : 'no openssl here';

t.test('through a proxy with TLS, by those who know its authority', { skip: openssl }, async (t) => {
  const folder = t.testdir();
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const whose = ['-subj', '/CN=proxy', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = ['req', '-x509', ...kind, ...whose, '-keyout', key, '-out', cert];
  execFileSync('openssl', made, { stdio: 'ignore' });
  const behind = memoryStore();
  const { server } = await served(t, behind);
  const proxy = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (asked, answer) => {
    const path = asked.url!.replace(/^\/tutti/, '');
    const passed = request(`${server.address}${path}`, { method: asked.method, headers: asked.headers });
    passed.on('response', (given) => given.pipe(answer.writeHead(given.statusCode!, given.headers)));
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const address = `https://127.0.0.1:${(proxy.address() as AddressInfo).port}/tutti/`;
  const bytes = noise(100_000);
  await behind.put(digestOf(bytes), bytes);
  // Node.js reads authorities when it starts.
  const script = `
    import { openHttpStore } from '${MODULE}';
    const store = openHttpStore('${address}', '${TOKEN}', { pausesMs: [] });
    console.log((await store.get('${digestOf(bytes)}').catch((error) => error)).length ?? 'refused');`;
  const read = (env: object) =>
    new Promise((resolve, reject) => {
      const args = ['--input-type=module', '--eval', script];
      const all = { env: { ...process.env, NODE_OPTIONS: '', ...env } };
      execFile(process.execPath, args, all, (error, said) =>
        error === null ? resolve(said) : reject(error),
      );
    });
  t.equal(await read({ NODE_EXTRA_CA_CERTS: cert }), '100000\n');
  t.equal(await read({}), 'refused\n');
});
