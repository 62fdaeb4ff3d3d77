#!/usr/bin/env node
// The process of the command line: runs one command and turns whatever it throws into one line on
// standard error and an exit status. What commands there are is program.ts's business.

import { endOnSignals, endProcess } from './terminal/ending.js';
import { reportFailure } from './terminal/failure.js';
import { keepStandardOutput, watchOutputs } from './terminal/terminal.js';

keepStandardOutput();
watchOutputs((status) => process.exit(status));
endOnSignals();
let status: number;
try {
  await import('../supported-node.js');
  const { runProgram } = await import('./program.js');
  status = await runProgram(process.argv.slice(2));
} catch (error) {
  status = reportFailure(error);
}
await endProcess(status);
