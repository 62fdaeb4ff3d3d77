// How much processor time it takes to get going: importing tutti, and the help of its command line, beside a Node.js
// that does nothing. Processes alone, each measured by itself as it exits.

import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../contenders.js';
import { interleave, type Session } from '../session.js';
import { type Spread, spread } from '../statistics.js';

export interface StartRow {
  readonly what: string;
  readonly contender: string;
  /** Of the whole process, user and system. */
  readonly processorMs: Spread;
  /** Beyond the Node.js that does nothing, started in the same round. */
  readonly beyondNodeMs: Spread;
}

interface Start {
  readonly name: string;
  readonly args: readonly string[];
}

const NOTHING = 'nothing';

/** Required before anything else, so that it runs as the process exits, however that comes. */
const PROBE = `process.once('exit', () => {
  const { user, system } = process.cpuUsage();
  require('node:fs').writeSync(3, String((user + system) / 1000));
});
`;

export async function measureStart(session: Session): Promise<StartRow[]> {
  const { rounds, nodes } = session.options;
  const probe = session.temporary('probe.cjs');
  writeFileSync(probe, PROBE);
  const rows: StartRow[] = [];
  const executables = [['tutti', process.execPath] as const, ...nodes];
  for (const [node, file] of executables) {
    const contender = node === 'tutti' ? node : `tutti-${node}`;
    const samples = await interleave(
      starts(),
      rounds,
      ({ args }) => processorMs(file, ['--require', probe, ...args]),
      ({ name }, error) => session.leaveOut(`start, ${name}`, contender, error),
    );
    const taken = new Map([...samples].map(([{ name }, ms]) => [name, ms]));
    rows.push(...rowsOf(contender, taken));
  }
  return rows;
}

function starts(): Start[] {
  const library = pathToFileURL(join(ROOT, 'dist/src/index.js')).href;
  const cli = join(ROOT, 'dist/bin/tutti.js');
  return [
    { name: NOTHING, args: ['--eval', '0'] },
    { name: "import 'tutti'", args: ['--eval', `import(${JSON.stringify(library)})`] },
    { name: 'tutti --help', args: [cli, '--help'] },
    { name: 'tutti train --help', args: [cli, 'train', '--help'] },
  ];
}

/** Without the Node.js that does nothing there is nothing to compare with. */
function rowsOf(contender: string, taken: ReadonlyMap<string, readonly number[]>): StartRow[] {
  const idle = taken.get(NOTHING);
  if (idle === undefined) return [];
  return [...taken].map(([what, ms]) => ({
    what,
    contender,
    processorMs: spread(ms),
    beyondNodeMs: spread(ms.map((value, round) => value - idle[round]!)),
  }));
}

/** Milliseconds of processor time of a process, from its start to its exit. */
function processorMs(file: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stdio[3]!.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0 && said !== '') resolve(Number(said));
      else reject(new Error(`exit status ${code}`));
    });
  });
}
