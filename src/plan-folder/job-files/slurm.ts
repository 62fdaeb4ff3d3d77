// Job files for Slurm: an array whose tasks are the parts, and a script that submits as many arrays as the site's limit on
// their length needs.
// Source: sbatch(1), job arrays, --requeue, --signal; slurm.conf(5), MaxArraySize.

import { failOption } from '../../errors.js';
import { inQuotes, quoted } from '../../files/shell-word.js';
import type { Job, JobFile, Scheduler } from './job.js';
import { EXIT, partFiles } from './part-script.js';

/** Seconds before the end of a task's time at which it stops, to write what it has. */
const NOTICE_S = 60;
/** How often a task is begun again after its first end. */
const MOST_RESTARTS = 5;
/** What a task may take of time beyond what was measured: other processors, a busy file system, early stopping. */
const TIME_FACTOR = 4;
const LEAST_MINUTES = 10;
/** MaxArraySize, where a site has not set it. */
const USUAL_LIMIT = 1001;
const MIB = 2 ** 20;

export const slurm: Scheduler = {
  says: 'a Slurm array',
  threads: 4,
  containers: false,
  checkFolder(folder) {
    // A line of #SBATCH ends with its line, whatever is quoted.
    if (/[\n\r"]/.test(folder)) failOption('out', 'a path without quotes and line breaks for Slurm', folder);
  },
  files(job) {
    return [
      ...partFiles(job),
      { name: 'array.sh', text: arrayScript(job), runs: true },
      { name: 'submit.sh', text: submitScript(job), runs: true },
      // Slurm makes no folder for the output of tasks, and such a task fails without a word.
      { name: 'logs/README', text: 'What tasks print: ARRAY_INDEX.log\n', runs: false },
    ] satisfies JobFile[];
  },
  commands: (_job, files) => [`sh ${quoted(`${files}/submit.sh`)}`, 'squeue --me'],
};

function arrayScript({ name, folder, parts, threads, atOnce, partMs, memoryBytes }: Job): string {
  const limit = atOnce === null ? '' : `%${atOnce}`;
  const minutes = partMs === null ? null : minutesOf(partMs);
  const options = [
    `--job-name=${name}`,
    // No more than most sites take in an array, so that the file passes `sbatch --test-only` by itself; submit.sh says it anew.
    `--array=0-${Math.min(parts.length, USUAL_LIMIT) - 1}${limit}`,
    '--ntasks=1',
    `--cpus-per-task=${threads}`,
    ...(memoryBytes === null ? [] : [`--mem=${Math.ceil(memoryBytes / MIB)}M`]),
    ...(minutes === null ? [] : [`--time=${minutes}`]),
    `--output="${folder.replaceAll('%', '%%')}/jobs/slurm/logs/%A_%a.log"`,
    '--open-mode=append',
    '--requeue',
    `--signal=B:USR1@${NOTICE_S}`,
  ];
  return `#!/bin/sh
${options.map((option) => `#SBATCH ${option}`).join('\n')}
#
# Task N of the array trains part N + FIRST of the plan: sbatch array.sh [FIRST]. submit.sh submits all parts. Tasks may be
# submitted again, run twice and be killed: what is trained is kept, and nothing is trained anew.
# A lost node, preemption, the end of the time and what is worth another try queue the task again, ${MOST_RESTARTS} times; wrong
# input (${EXIT.wrong}) does not.
plan=${inQuotes(folder)}
part=$((\${1:-0} + \${SLURM_ARRAY_TASK_ID:?is set by Slurm: submit this file by sbatch}))
over=no
child=
# Signals may come before there is a child.
end() {
  over=$1
  [ -z "$child" ] || kill -TERM "$child" 2>/dev/null
}
# USR1 says that the time is nearly over. TERM comes with scancel and preemption: then Slurm decides what follows.
trap 'end yes' USR1
trap 'end cancelled' TERM
sh "$plan/jobs/slurm/part.sh" "$part" &
child=$!
[ "$over" = no ] || end "$over"
wait "$child"
status=$?
# A signal ends the wait, not the child.
while kill -0 "$child" 2>/dev/null; do
  wait "$child"
  status=$?
done
case $status in
  ${EXIT.done}) exit 0 ;;
  ${[EXIT.wrong, ...EXIT.noProgram].join(' | ')}) exit $status ;;
esac
if [ "$over" != cancelled ] && [ "\${SLURM_RESTART_COUNT:-0}" -lt ${MOST_RESTARTS} ]; then
  echo "array.sh: part $part ended with status $status (time over: $over) and is queued again"
  # Slurm ends this script meanwhile.
  scontrol requeue "\${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}_$SLURM_ARRAY_TASK_ID" && sleep 60
fi
exit $status
`;
}

function minutesOf(partMs: number): number {
  return Math.max(LEAST_MINUTES, Math.ceil((TIME_FACTOR * partMs) / 60_000));
}

function submitScript({ folder, parts, atOnce }: Job): string {
  return `#!/bin/sh
# Submits all parts of the plan: sh submit.sh [options of sbatch, such as --partition=short --account=me]. Where they are more
# than an array may have (MaxArraySize), it submits several${atOnce === null ? '' : ', each when the one before has ended'}.
set -eu
plan=${inQuotes(folder)}
parts=${parts.length}
limit=$(scontrol show config 2>/dev/null | sed -n 's/^MaxArraySize *= *//p')
first=0
after=
while [ "$first" -lt "$parts" ]; do
  count=$((parts - first))
  if [ "$count" -gt "\${limit:-${USUAL_LIMIT}}" ]; then count=\${limit:-${USUAL_LIMIT}}; fi
  job=$(sbatch --parsable --array="0-$((count - 1))${atOnce === null ? '' : `%${atOnce}`}" $after "$@" "$plan/jobs/slurm/array.sh" "$first")
  echo "Submitted parts $first to $((first + count - 1)) as array \${job%%;*}"
${atOnce === null ? '' : `  # The limit of tasks at once holds within an array.\n  after=--dependency=afterany:\${job%%;*}\n`}  first=$((first + count))
done
echo "When they have ended: tutti collect ${folder.includes("'") ? 'PLAN' : `'${folder}'`} --out ENSEMBLE.tutti"
`;
}
