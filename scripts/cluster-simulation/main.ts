// Simulates trainings on many hosts with the figures of figures.json, and writes the tables of docs/SCALING.md anew:
// `node dist/scripts/cluster-simulation/main.js`, after a build; `--print` writes nothing, `--figures FILE` counts with others.

import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { withSection } from '../support/benchmark-tables.js';
import { FIGURES_FILE, readFigures } from './figures.js';
import { changeScenarios, changeTable, hostScenarios, hostTable, limitTable } from './tables.js';

const { values } = parseArgs({
  options: { print: { type: 'boolean', default: false }, figures: { type: 'string' } },
});
const figures = readFigures(values.figures ?? FIGURES_FILE);
const sections = {
  limits: limitTable(figures),
  hosts: hostTable(hostScenarios(), figures),
  changes: changeTable(changeScenarios(), figures),
};
if (values.print) console.log(Object.values(sections).join('\n\n'));
else {
  const page = new URL('../../../docs/SCALING.md', import.meta.url);
  let text = readFileSync(page, 'utf8');
  for (const [name, body] of Object.entries(sections))
    text = withSection(text, name, body, 'cluster-simulation/main');
  writeFileSync(page, text);
}
