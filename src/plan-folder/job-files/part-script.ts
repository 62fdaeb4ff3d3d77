// What every scheduler's tasks come down to: a list of parts, a line each, and a script that trains one of them.

import { inQuotes, quoted } from '../../files/shell-word.js';
import type { Job, JobFile } from './job.js';
import { placesText } from './member-places.js';

/** How `tutti train-members` ends, for scripts that tell what is worth another try. */
export const EXIT = {
  /** Every member is there, or failed for good and said so. */
  done: 0,
  /** Something of the machine or the moment. */
  again: 1,
  /** What is asked for is wrong, and will be. */
  wrong: 2,
  /** What shells say where there is no such program, or it cannot be run. */
  noProgram: [126, 127],
} as const;

/** The files that each scheduler's tasks are run by. */
export function partFiles(job: Job): readonly JobFile[] {
  const lines = job.parts.map(({ members }) => `${placesText(members)}\n`);
  return [
    { name: 'parts.txt', text: lines.join(''), runs: false },
    { name: 'part.sh', text: partScript(job), runs: true },
  ];
}

function partScript({ threads, program, modules }: Job): string {
  // Whoever writes the files has planned with these modules, and so lets them run.
  const allowed = modules.map(
    ({ copy, original }) => ` --allow-module "$(unchanged ${inQuotes(original)} "$plan"/${quoted(copy)})"`,
  );
  return `#!/bin/sh
# Trains one part of the plan: sh part.sh INDEX, where 0 is the first line of parts.txt. What is trained already is not
# trained again. It ends as \`tutti train-members\` does:
#   0 all is there    1 worth another try    2 wrong input, of no use to try again    128 + n ended by signal n
# TUTTI is the program to run in place of what made the plan, TUTTI_THREADS another number of threads.
set -u
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd) || exit ${EXIT.wrong}
plan=$(dirname -- "$(dirname -- "$here")")
case "\${1:-}" in
  '' | *[!0-9]*) echo "part.sh: expected the index of a part, got '\${1:-}'" >&2; exit ${EXIT.wrong} ;;
esac
members=$(sed -n "$(($1 + 1))p" "$here/parts.txt") || exit ${EXIT.wrong}
if [ -z "$members" ]; then
  echo "part.sh: there is no part $1 in $here/parts.txt" >&2
  exit ${EXIT.wrong}
fi
${modules.length === 0 ? '' : UNCHANGED}set -- train-members --plan "$plan" --members "$members" --threads "\${TUTTI_THREADS:-${threads}}"${allowed.join('')}
# Of several words, perhaps: npx tutti.
if [ -n "\${TUTTI:-}" ]; then exec $TUTTI "$@"; fi
${ownProgram(program)}exec tutti "$@"
`;
}

/** Packages that a module imports lie beside the file that the plan was made of, where that is there. */
const UNCHANGED = `unchanged() { if cmp -s "$1" "$2"; then echo "$1"; else echo "$2"; fi; }
`;

/** What made the plan is of its version; a `tutti` on the path may be of another. */
function ownProgram(program: Job['program']): string {
  if (program === null) return '';
  const [node, script] = program.map(inQuotes);
  return `if [ -x ${node} ] && [ -f ${script} ]; then exec ${node} ${script} "$@"; fi\n`;
}
