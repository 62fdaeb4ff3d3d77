// `--ui`: a real training watched by whoever reads its events, stopped by its button, and never changed by either.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { loadEnsemble } from '../../../src/bundle/load.js';
import type { RunChange, RunState } from '../../../src/live/client/protocol.js';
import { Store } from '../../../src/live/client/store.js';
import { EventReader } from '../../live/support.js';
import { watched } from '../../live/watched.js';
import { classCsv, tutti, tuttiProcess } from '../support.js';

const TRAIN = ['train', 'rows.csv', '--target', 'label', '--seed', '1', '--threads', '2'];
const NETWORK = ['--hidden', '8', '--early-stopping', 'none'];
/** Members that never come to their end. */
const ENDLESS = [...TRAIN, ...NETWORK, '--epochs', '5000000'];

/** Follows a run as a page does. */
class Page {
  readonly #reader: EventReader;
  #store: Store | null = null;
  over = false;

  private constructor(reader: EventReader) {
    this.#reader = reader;
  }

  static async open(url: string): Promise<Page> {
    const page = new Page(await EventReader.open(url));
    await page.next();
    return page;
  }

  get state(): RunState {
    return this.#store!.state;
  }

  get curves() {
    return this.#store!.curves;
  }

  /** Takes the next event; false when there is none. */
  async next(): Promise<boolean> {
    const event = await this.#reader.next();
    if (event === null) return false;
    if (event.name === 'change') this.#store!.apply(event.data as RunChange);
    else this.#store = new Store(event.data as RunState);
    this.over ||= event.name === 'over';
    return true;
  }

  /** Goes on until the state is so. */
  async until(holds: (state: RunState) => boolean): Promise<void> {
    while (!holds(this.state)) if (!(await this.next())) throw new Error('The stream ended before');
  }

  async untilEnd(): Promise<void> {
    while (await this.next());
  }

  leave(): void {
    this.#reader.leave();
  }
}

async function press(url: string, phase: string): Promise<number> {
  const { origin, searchParams } = new URL(url);
  const headers = { Authorization: `Bearer ${searchParams.get('token')}` };
  return (await fetch(`${origin}/stop?phase=${phase}`, { method: 'POST', headers })).status;
}

const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

t.test('a training that is watched, or could be, gives the same file as one that is not', async (t) => {
  const cwd = t.testdir({ 'rows.csv': classCsv() });
  const args = [...TRAIN, ...NETWORK, '--members', '12', '--epochs', '400', '--checkpoint'];
  const plain = await tutti([...args, 'a', '--out', 'plain.tutti'], { cwd });
  t.equal(plain.status, 0);
  const alone = await tuttiProcess([...args, 'b', '--out', 'alone.tutti', '--ui'], { cwd });
  t.match(alone, { status: 0, stderr: /^Watch: http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/m });
  t.equal(
    alone.stdout,
    plain.stdout
      .replaceAll('plain.tutti', 'alone.tutti')
      .replace(/Trained .*/, /Trained .*/.exec(alone.stdout)![0]),
  );
  const run = await watched([...args, 'c', '--out', 'seen.tutti'], cwd);
  const page = await Page.open(run.url);
  await page.untilEnd();
  t.equal((await run.result).status, 0);
  t.equal(hashOf(join(cwd, 'alone.tutti')), hashOf(join(cwd, 'plain.tutti')));
  t.equal(hashOf(join(cwd, 'seen.tutti')), hashOf(join(cwd, 'plain.tutti')));
  t.equal(page.over, true);
  const { phase, summary, members, progress, head, log } = page.state;
  t.equal(phase, 'finished');
  t.match(head, { command: 'train', file: 'rows.csv', out: 'seen.tutti', kept: true, stays: false });
  t.match(head.data.join('\n'), /60 rows/);
  t.match(progress, { planned: 12, finished: 12, failed: 0 });
  t.ok(members.length === 12 && members.every(({ status, epoch }) => status === 'finished' && epoch === 400));
  t.equal(page.curves.size, 12);
  t.ok([...page.curves.values()].every((points) => points.at(-1)![0] === 400));
  t.match(summary, { saved: 'seen.tutti', verdict: /^12 members in .*: \d+\.\d % right out of bag/ });
  t.match(summary!.lines.join('\n'), /contentHash [0-9a-f]{64}/);
  t.match(summary!.next.join('\n'), /tutti report seen\.tutti rows\.csv/);
  t.match(log[0], { text: '12 members planned with seed 1' });
});

t.test('its button stops as Ctrl-C does: what is finished is kept, and the page says so', async (t) => {
  const cwd = t.testdir({ 'rows.csv': classCsv(), 'options.json': membersFile() });
  const run = await watched([...TRAIN, ...NETWORK, '--config', 'options.json', '--out', 'kept.tutti'], cwd);
  const page = await Page.open(run.url);
  await page.until(({ members }) => members.some(({ status }) => status === 'finished'));
  await page.until(({ arrivals }) => arrivals !== null && typeof arrivals !== 'string');
  t.equal(await press(run.url, 'measuring'), 409, 'whoever meant something else stops nothing');
  t.equal(await press(run.url, 'training'), 202);
  await page.untilEnd();
  const { status, stderr } = await run.result;
  t.equal(status, 130);
  t.match(stderr, /Interrupted with 1 of 2 members finished; saved them to kept\.tutti as incomplete/);
  t.match(page.state, {
    phase: 'interrupted',
    summary: { saved: 'kept.tutti', verdict: /^Interrupted with 1 of 2/ },
  });
  t.same(
    page.state.members.map(({ status: of }) => of),
    ['finished', 'queued'],
  );
  t.equal((await loadEnsemble(join(cwd, 'kept.tutti'))).members.length, 1);
});

/** One member that is soon finished, and one that never is. */
function membersFile(): string {
  return JSON.stringify({ members: [{ epochs: 2 }, { epochs: 5_000_000 }] });
}

t.test('pressed in earnest twice it ends at once', async (t) => {
  const cwd = t.testdir({ 'rows.csv': classCsv() });
  // A learner that never answers cannot be stopped in its course; the second press does not wait for it.
  const run = await watched([...ENDLESS, '--members', '2', '--checkpoint', 'folder'], cwd);
  const page = await Page.open(run.url);
  await page.until(({ members }) => members.some(({ status }) => status === 'training'));
  const first = press(run.url, 'training');
  const second = first.then(() => press(run.url, 'stopping')).catch(() => null);
  t.equal(await first, 202);
  t.ok([202, 409, null].includes(await second));
  t.equal((await run.result).status, 130);
});

t.test('Ctrl-C while somebody looks: the page is told of it', async (t) => {
  const cwd = t.testdir({ 'rows.csv': classCsv() });
  const run = await watched([...ENDLESS, '--members', '2', '--out', 'none.tutti'], cwd);
  const page = await Page.open(run.url);
  await page.until(({ members }) => members.some(({ status }) => status === 'training'));
  run.kill('SIGINT');
  await page.untilEnd();
  t.equal((await run.result).status, 130);
  t.match(page.state, { phase: 'interrupted', summary: { saved: null } });
  t.equal(page.over, true);
  t.equal(existsSync(join(cwd, 'none.tutti')), false);
});

t.test('whoever comes late, or comes back, sees all that was; several may look', async (t) => {
  const cwd = t.testdir({ 'rows.csv': classCsv(), 'options.json': membersFile() });
  const run = await watched([...TRAIN, ...NETWORK, '--config', 'options.json'], cwd);
  const early = await Page.open(run.url);
  await early.until(({ members }) => members[0]?.status === 'finished');
  const late = await Page.open(run.url);
  t.match(late.state.members[0], { status: 'finished', epoch: 2 });
  t.equal(late.curves.get(0)!.length, 2);
  t.equal(late.state.log[0]!.text, '2 members planned with seed 1');
  early.leave();
  await late.until(({ members }) => members[1]!.epoch > 50);
  const back = await Page.open(run.url);
  t.ok(back.curves.get(1)!.at(-1)![0] > 50);
  run.kill('SIGTERM');
  await Promise.all([late.untilEnd(), back.untilEnd()]);
  t.ok(late.over && back.over);
  t.equal((await run.result).status, 143);
});

t.test('extend and resume are watched too', async (t) => {
  const cwd = t.testdir({ 'rows.csv': classCsv() });
  const base = [...TRAIN, ...NETWORK, '--members', '2', '--epochs', '5'];
  await tutti([...base, '--out', 'two.tutti', '--checkpoint', 'kept'], { cwd });
  const extending = await watched(
    ['extend', 'two.tutti', 'rows.csv', '--members', '4', '--out', 'four.tutti'],
    cwd,
  );
  const page = await Page.open(extending.url);
  await page.untilEnd();
  t.equal((await extending.result).status, 0);
  t.match(page.state, {
    phase: 'finished',
    head: { command: 'extend' },
    progress: { planned: 2, before: 2, finished: 2 },
  });
  t.equal(page.state.members.length, 4);
  const resuming = await watched(['resume', 'kept'], cwd);
  const resumed = await Page.open(resuming.url);
  await resumed.untilEnd();
  t.equal((await resuming.result).status, 0);
  t.match(resumed.state, {
    phase: 'finished',
    head: { command: 'resume', kept: true },
    progress: { planned: 0, before: 2 },
  });
});

t.test('what is wrong with the data is said on the page and ends it', async (t) => {
  const cwd = t.testdir({ 'rows.csv': 'x,label\n1,a\n2,a\nz' });
  const { status, stderr } = await tuttiProcess([...TRAIN, '--ui'], { cwd });
  t.not(status, 0);
  t.match(stderr, /^Watch: .*\n(.*\n)*tutti: .*\(ERR_\w+\)\n$/m);
});

t.test(
  'with --ui-stay the page is served until it is closed, and the status is the training’s',
  async (t) => {
    const cwd = t.testdir({ 'rows.csv': classCsv() });
    const run = await watched([...TRAIN, ...NETWORK, '--members', '1', '--epochs', '2', '--ui-stay'], cwd);
    const page = await Page.open(run.url);
    await page.until(({ phase }) => phase === 'finished');
    t.equal(page.over, false);
    page.leave();
    const again = await Page.open(run.url);
    t.match(again.state, { phase: 'finished', head: { stays: true }, summary: { saved: null } });
    t.equal(await press(run.url, 'finished'), 202);
    await again.untilEnd();
    t.equal((await run.result).status, 0);
  },
);

t.test('the address is printed with --quiet and beside --json too', async (t) => {
  const cwd = t.testdir({ 'rows.csv': classCsv() });
  const quick = [...TRAIN, ...NETWORK, '--members', '1', '--epochs', '2', '--ui', '--quiet', '--json'];
  const { status, stdout, stderr } = await tuttiProcess(quick, { cwd });
  t.equal(status, 0);
  t.match(stderr, /^Watch: http\S+\n$/);
  t.equal(JSON.parse(stdout).members, 1);
});

t.test(
  'options without effect, ports out of range and ports that are taken are refused before anything is read',
  async (t) => {
    const cwd = t.testdir({});
    const refused = async (args: readonly string[], message: RegExp) => {
      const { status, stderr, stdout } = await tutti([...TRAIN, ...args], { cwd });
      t.equal(status, 2, args.join(' '));
      t.match(stderr, message);
      t.equal(stdout, '');
    };
    await refused(['--ui-port', '8080'], /--ui-port.*unless .--ui. is given/);
    await refused(['--ui-open'], /--ui-open/);
    await refused(['--ui-stay'], /--ui-stay/);
    for (const port of ['0', '65536', '1.5', '-1', 'x'])
      await refused(
        ['--ui', `--ui-port=${port}`],
        /--ui-port.*an integer from 1 to 65535.*\(ERR_OPTION\)\n$/,
      );
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    await refused(
      ['--ui', '--ui-port', String(port)],
      new RegExp(`--ui-port.*free.*${port}, which another program has.*ERR_OPTION`),
    );
    taken.close();
  },
);
