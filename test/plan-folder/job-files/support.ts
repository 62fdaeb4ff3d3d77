// A job as `tutti plan` describes it, and its files in a folder, beside a program that stands for tutti.

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Test } from 'tap';
import type { Job, JobFile } from '../../../src/plan-folder/job-files/job.js';
import { shell } from '../../../src/plan-folder/job-files/shell.js';

export const JOB: Job = {
  name: 'tutti-1f0c9a52',
  folder: '/data/digits plan',
  parts: [{ members: [0, 1, 2, 3] }, { members: [4, 5, 6, 7] }, { members: [8, 9, 12] }],
  modules: [],
  threads: 4,
  atOnce: null,
  partMs: 5 * 60_000,
  memoryBytes: 900 * 2 ** 20,
  program: null,
  image: 'registry.example/tutti:1',
};

/** Writes a scheduler's files as `tutti plan` does; returns their folder. */
export function writeFiles(plan: string, scheduler: string, files: readonly JobFile[]): string {
  const folder = join(plan, 'jobs', scheduler);
  for (const { name, text, runs } of files) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    if (runs) chmodSync(path, 0o755);
  }
  return folder;
}

/**
 * A program in tutti's place, which writes what it is asked for as a line of `asked` and ends as `asked`'s folder says for those
 * members (`endsIn`).
 */
export function standIn(folder: string): string {
  const path = join(folder, 'stand-in.sh');
  const text = `#!/bin/sh
here='${folder}'
echo "$*" >> "$here/asked"
for last in "$@"; do [ "$before" = --members ] && members=$last; before=$last; done
statuses="$here/status-$members"
[ -f "$statuses" ] || exit 0
read -r status < "$statuses"
[ "$(wc -l < "$statuses")" -gt 1 ] && sed -i 1d "$statuses"
exit "$status"
`;
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

/** A plan's folder with blanks and quotes in its path, its shell's files, and a program that stands for tutti. */
export function laidForShell(t: Test, more: Partial<Job> | ((plan: string) => Partial<Job>) = {}) {
  const home = t.testdir({ "a plan's folder": {} });
  const plan = join(home, "a plan's folder");
  const own = typeof more === 'function' ? more(plan) : more;
  const files = writeFiles(plan, 'shell', shell.files({ ...JOB, folder: plan, threads: 1, ...own }));
  const program = standIn(home);
  const run = (script: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
    spawnSync('sh', [join(files, script), ...args], {
      cwd: '/',
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '', TUTTI: program, ...env },
    });
  const asked = () => {
    const lines = existsSync(join(home, 'asked')) ? readFileSync(join(home, 'asked'), 'utf8') : '';
    rmSync(join(home, 'asked'), { force: true });
    return lines.split('\n').filter(Boolean).sort();
  };
  return { plan, files, run, asked, ends: endsIn(home) };
}

/** Says how runs of the stand-in in a folder end: the first, the second …, and as the last all that follow. */
export function endsIn(folder: string) {
  return (members: string, ...statuses: readonly number[]) =>
    writeFileSync(join(folder, `status-${members}`), statuses.map((status) => `${status}\n`).join(''));
}
