// The site of Node.js: every executor, and memories that are lent again.

import { executorOf } from '../../kernels/bound-executor.js';
import type { ExecutorCode } from '../../kernels/executor.js';
import { validateProgram } from '../../kernels/validate-program.js';
import { giveBackMemory, lendAgain, lendMemory, noteContent } from '../../memory/memory-cache.js';
import type { ProgramSite } from './program-site.js';

export function cachedSite(code: ExecutorCode): ProgramSite {
  return {
    lend: (bytes, what) => lendMemory(bytes, what).memory,
    giveBack(memory, content) {
      noteContent(memory, content);
      giveBackMemory(memory);
    },
    lendAgain,
    bind: (memory) => executorOf(code, memory),
    validate: validateProgram,
  };
}
