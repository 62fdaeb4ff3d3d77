#!/usr/bin/env node
// The process of the command line: runs one command and turns whatever it throws into one line on
// standard error and an exit status. What commands there are is program.ts's business.

import { reportFailure } from './failure.js';
import { keepStandardOutput, quietBrokenPipe } from './terminal.js';

keepStandardOutput();
quietBrokenPipe();
try {
  const { runProgram } = await import('./program.js');
  process.exitCode = await runProgram(process.argv.slice(2));
} catch (error) {
  process.exitCode = reportFailure(error);
}
