// Job files for machines without a scheduler: a script for what every system has (xargs -P), and one for GNU parallel, which
// reaches others by ssh.
// Source: xargs(1): status 255 of a command ends it; O. Tange, GNU Parallel, parallel(1).

import { quoted } from '../../files/shell-word.js';
import type { Job, Scheduler } from './job.js';
import { EXIT, partFiles } from './part-script.js';

export const shell: Scheduler = {
  says: 'shells, and GNU parallel',
  threads: 1,
  containers: false,
  files: (job) => [
    ...partFiles(job),
    { name: 'run.sh', text: runScript(job), runs: true },
    { name: 'parallel.sh', text: parallelScript(job), runs: true },
  ],
  commands: (_job, files) => [`sh ${quoted(`${files}/run.sh`)}`],
};

/** As many at once as there are cores for, unless it is said. */
function atOnceOf({ atOnce, threads }: Job): string {
  if (atOnce !== null) return `at_once=\${TUTTI_AT_ONCE:-${atOnce}}`;
  return `cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || nproc 2>/dev/null || echo 1)
at_once=\${TUTTI_AT_ONCE:-$((cores > ${threads} ? cores / ${threads} : 1))}`;
}

function runScript(job: Job): string {
  return `#!/bin/sh
# Trains the plan's parts on this machine: sh run.sh. Where N machines share the folder: sh run.sh 1/N on the first, sh run.sh
# 2/N on the second and so on. It may be stopped and begun again: what is trained is kept.
# TUTTI_AT_ONCE is how many parts are trained at once.
set -u
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd) || exit ${EXIT.wrong}
parts=${job.parts.length}
share=\${1-1/1}
case "$share" in
  *[!0-9/]* | */*/* | /* | */) share=wrong/0 ;;
  */*) ;;
  *) share=wrong/0 ;;
esac
of=\${share#*/}
own=\${share%/*}
if [ "$of" = 0 ] || [ "$own" -lt 1 ] || [ "$own" -gt "$of" ]; then
  echo "run.sh: expected a share such as 2/3, got '$1'" >&2
  exit ${EXIT.wrong}
fi
# xargs would run a command without a word.
if [ "$own" -gt "$parts" ]; then exit 0; fi
${atOnceOf(job)}
export here
# Of wrong input (${EXIT.wrong}) no other part is begun, which is what 255 says to xargs.
awk -v at="$own" -v of="$of" -v parts="$parts" 'BEGIN { for (i = at - 1; i < parts; i += of) print i }' |
  xargs -n 1 -P "$at_once" sh -c 'sh "$here/part.sh" "$1"; status=$?; case $status in ${[EXIT.wrong, ...EXIT.noProgram].join(' | ')}) exit 255 ;; esac; exit $status' part
status=$?
case $status in
  0) exit 0 ;;
  124) exit ${EXIT.wrong} ;;
esac
echo 'run.sh: not all parts are done; begun again, it trains what is missing' >&2
exit ${EXIT.again}
`;
}

function parallelScript(job: Job): string {
  return `#!/bin/sh
# Trains the plan's parts by GNU parallel: sh parallel.sh [options of parallel, such as --sshloginfile hosts --eta], on machines that
# share the folder under the same path. Begun again, it trains what is missing.
set -u
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd) || exit ${EXIT.wrong}
${atOnceOf(job)}
# Tried ${RETRIES} times, on another machine where there are several.
exec parallel --quote --jobs "$at_once" --joblog "$here/parallel.log" --resume-failed --retries ${RETRIES} "$@" sh "$here/part.sh" '{}' \\
  ::: $(awk -v parts=${job.parts.length} 'BEGIN { for (i = 0; i < parts; i++) print i }')
`;
}

const RETRIES = 3;
