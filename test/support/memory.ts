// Too little memory, for tests of what is done then.

/** Runs something as in a container that allows this much beside what the process has. */
export async function withRoom<T>(bytes: number, run: () => T | Promise<T>): Promise<T> {
  const { constrainedMemory } = process;
  const limit = process.memoryUsage.rss() + bytes;
  process.constrainedMemory = () => limit;
  try {
    return await run();
  } finally {
    process.constrainedMemory = constrainedMemory;
  }
}
