// YAML, loaded where a file is read or written in it: the one module that imports it.

/** What reads and writes YAML. */
export function loadYaml(): Promise<typeof import('yaml')> {
  return import('yaml');
}
