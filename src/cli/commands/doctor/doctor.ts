// `tutti doctor`: what of this machine trainings need, checked, and what to do about what is wrong.

import type { Palette } from '../../../report/palette.js';
import { VERSION } from '../../../version.js';
import { type CommandDefinition, JSON_ROW } from '../../options/command.js';
import { paletteOf, print, printJson } from '../../terminal/terminal.js';
import type { Finding } from './finding.js';

export const command: CommandDefinition = {
  arguments: [],
  options: [JSON_ROW],
  examples: ['tutti doctor', 'tutti doctor --json'],
  async run(_words, { json }) {
    const findings = await allFindings();
    const ok = findings.every(({ state }) => state !== 'wrong');
    if (json === true) printJson({ ok, tutti: VERSION, findings });
    else for (const line of lines(findings, paletteOf(process.stdout))) print(line);
    return ok ? 0 : 1;
  },
};

async function allFindings(): Promise<Finding[]> {
  const machine = await import('./machine-checks.js');
  const here = [machine.nodeCheck(), machine.coresCheck(), machine.memoryCheck()];
  const simd = await machine.simdCheck();
  // Without it nothing can be tried, and what to do is said already.
  const tried = simd.state === 'wrong' ? [] : await triedFindings();
  const folders = [await machine.folderCheck(), await machine.stateFolderCheck()];
  return [...here, simd, ...tried, ...folders, await machine.tensorFlowCheck()];
}

async function triedFindings(): Promise<Finding[]> {
  const { arithmeticCheck, executorCheck, sharedMemoryCheck } = await import('./machine-checks.js');
  const { trainingChecks } = await import('./training-check.js');
  return [
    await arithmeticCheck(),
    await executorCheck(),
    await sharedMemoryCheck(),
    ...(await trainingChecks()),
  ];
}

const MARKS = { fine: '✓', limited: '–', wrong: '✗' } as const;

function lines(findings: readonly Finding[], palette: Palette): string[] {
  const colours = { fine: palette.green, limited: palette.yellow, wrong: palette.red };
  const width = Math.max(...findings.map(({ name }) => name.length));
  const wrong = findings.filter(({ state }) => state === 'wrong').length;
  return [
    palette.bold(`tutti ${VERSION}`),
    ...findings.flatMap(({ name, state, found, remedy }) => [
      `${colours[state](MARKS[state])} ${name.padEnd(width)}  ${found}`,
      ...(remedy === null ? [] : [`  ${' '.repeat(width)}  → ${remedy}`]),
    ]),
    wrong === 0 ? 'Everything that trainings need is here' : `${wrong} of ${findings.length} checks failed`,
  ];
}
