// What the low folders want of Node.js where they run in it, without importing it: the same code runs in browsers, which
// have none of this. Bundlers for browsers see no import to stumble over.

interface BuiltinModules {
  readonly 'node:crypto': typeof import('node:crypto');
  readonly 'node:fs': typeof import('node:fs');
  readonly 'node:fs/promises': typeof import('node:fs/promises');
  readonly 'node:os': typeof import('node:os');
  readonly 'node:v8': typeof import('node:v8');
  readonly 'node:vm': typeof import('node:vm');
  readonly 'node:worker_threads': typeof import('node:worker_threads');
}

/** The process, where the code runs in one; undefined in a browser. */
export const nodeProcess: NodeJS.Process | undefined = processHere();

function processHere(): NodeJS.Process | undefined {
  // By the global object's property: bundlers put a shim in place of the bare name. Some of those have no versions.
  const { process } = globalThis as { readonly process?: NodeJS.Process };
  return typeof process?.versions?.node === 'string' ? process : undefined;
}

/** A module of Node.js's own, in Node.js and in what has its modules too; undefined elsewhere. */
export function nodeBuiltin<Name extends keyof BuiltinModules>(name: Name): BuiltinModules[Name] | undefined {
  return nodeProcess?.getBuiltinModule?.(name as 'node:os') as BuiltinModules[Name] | undefined;
}

/** A variable of the environment; undefined where there is no environment, or none of that name. */
export function environmentVariable(name: string): string | undefined {
  return nodeProcess?.env[name];
}
