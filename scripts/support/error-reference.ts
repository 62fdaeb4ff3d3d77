// The text of docs/reference/error-codes.md, from the table of codes.

import { ERROR_CODES, type ErrorMeaning } from '../../src/error-codes.js';

const INTRODUCTION = `# Error codes

Written by \`node dist/scripts/error-reference.js\` from \`ERROR_CODES\` (src/error-codes.ts): change that, and run it.

Every error of tutti is a \`TuttiError\`: a \`code\` that stays the same, a \`message\` that says what was expected and what
came, and \`details\`, plain values such as the option, file, row, column or member concerned. The command line prints the
message as one line and ends with the code's exit status; \`TUTTI_DEBUG=1\` adds the stack and the causes. Errors of your own
that a callback throws come back as they are.

\`\`\`js
try {
  await trainEnsemble(train, { hiden: [64] });
} catch (error) {
  if (!(error instanceof TuttiError && error.code === 'ERR_OPTION')) throw error;
  console.error(error.message); // Unknown option \`hiden\` (did you mean \`hidden\`?)
}
\`\`\`
`;

/** The exit statuses, in the order of the page. */
const STATUSES: Readonly<Record<ErrorMeaning['exitStatus'], string>> = {
  2: 'Wrong usage or input: exit status 2',
  1: 'The work failed: exit status 1',
  130: 'Interrupted: exit status 130',
};

/** The file, as it is checked in. */
export function errorReference(): string {
  const codes = Object.entries<ErrorMeaning>(ERROR_CODES);
  const sections = ([2, 1, 130] as const).flatMap((status) => [
    `## ${STATUSES[status]}`,
    ...codes
      .filter(([, { exitStatus }]) => exitStatus === status)
      .map(([code, { means, todo }]) => `### ${code}\n\n${means}\n\nWhat to do: ${todo}`),
  ]);
  return `${INTRODUCTION}\n${sections.join('\n\n')}\n`;
}
