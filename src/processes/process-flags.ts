// The flags of Node.js that a process started beside this one has too.

/** Flags that would make the process something else than one that runs a file: a debugger's, a watcher, a test run. */
const OWN_FLAGS = /^(--(inspect|watch|test|input-type|check|cpu-prof|heap-prof|interactive)|-i$|-c$)/;
const PROGRAM = /^(-e|-p|-pe|--eval|--print)$/;

/** The flags of this process, so that the same loaders are there, without a program given as a flag. */
export function inheritedFlags(flags: readonly string[] = process.execArgv): readonly string[] {
  const program = flags.findIndex((flag) => PROGRAM.test(flag));
  const without = program < 0 ? flags : [...flags.slice(0, program), ...flags.slice(program + 2)];
  return without.filter((flag) => !OWN_FLAGS.test(flag));
}
