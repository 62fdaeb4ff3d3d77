// A browser's engine has no flags, and tells nobody how large its heap may be.

export function setFlagsFromString(_flags: string): void {}

export function getHeapStatistics() {
  return { heap_size_limit: 2 ** 30 };
}
