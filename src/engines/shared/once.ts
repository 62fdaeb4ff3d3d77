// Modules that definitions load when a member needs them.

/** Asks for a module once: to import it again takes as long as a tenth of a small member's training. */
export function once<Module>(load: () => Promise<Module>): () => Promise<Module> {
  let loaded: Promise<Module> | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}
