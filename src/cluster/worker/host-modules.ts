// Which modules of the user's this host runs for others, and where they lie here: files of a folder that it was given, or
// texts whose SHA-256 it was told, which come with the training. Whoever can write to the queue names them, and nothing runs
// by being named.

import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { BlobStore } from '../../blobs/blob-store.js';
import { getBytes } from '../../blobs/pieces.js';
import { modulesOf } from '../../engines/registry.js';
import { readModule } from '../../engines/user-modules/user-module.js';
import { TuttiError } from '../../errors.js';
import { writeNewSynced } from '../../files/atomic-file.js';
import { makeFolder } from '../../files/folder.js';
import type { EnsemblePlan, ModuleSpec } from '../../model/spec.js';
import type { Isolation } from '../../processes/protocol.js';
import { locateModules } from '../../training/plan/resolve-modules.js';

export interface ModuleSources {
  /** Every module in it, and in its folders, may run; null for none. */
  readonly folder: string | null;
  /** SHA-256 of those that may run from wherever they come. */
  readonly allowed: readonly string[];
  /** Where texts that come with a training are written to. */
  readonly cacheFolder: string;
}

const EXTENSIONS = new Set(['.mjs', '.cjs', '.js', '.mts', '.cts', '.ts']);
/** A folder with more is surely the wrong one: a home, or the root. */
const MOST_FILES = 10_000;

export class HostModules {
  readonly #sources: ModuleSources;
  /** By their SHA-256; what a file was when it was last looked at. */
  readonly #known = new Map<string, ModuleSpec>();

  /** @throws ERR_FILE when the folder cannot be read, or holds too much. */
  static async open(sources: ModuleSources): Promise<HostModules> {
    const modules = new HostModules(sources);
    await modules.#look();
    return modules;
  }

  private constructor(sources: ModuleSources) {
    this.#sources = sources;
  }

  /**
   * A plan with its modules at their paths here, each tried once before any thread imports it.
   * @throws ERR_MODULE naming one that may not run here; ERR_BLOB, ERR_STORE when its text does not come.
   */
  async locate(
    plan: EnsemblePlan,
    store: BlobStore,
    isolate: Isolation,
    signal: AbortSignal,
  ): Promise<EnsemblePlan> {
    const needed = modulesOf(plan);
    if (needed.length === 0) return plan;
    const allowed: ModuleSpec[] = [];
    for (const module of needed) allowed.push(await this.#find(module, store, signal));
    return locateModules(plan, allowed, isolate);
  }

  async #find(module: ModuleSpec, store: BlobStore, signal: AbortSignal): Promise<ModuleSpec> {
    const { hash, path } = module;
    const found = (await this.#unchanged(hash)) ?? (await this.#lookAgain(hash));
    if (found !== null) return found;
    if (this.#sources.allowed.includes(hash)) return this.#fetch(module, store, signal);
    const how = `put the file into a folder and give --modules FOLDER, or give --allow-modules ${hash}`;
    const why = `The module ${path} (SHA-256 ${hash}) may not run on this host; if you trust it, ${how}`;
    throw new TuttiError('ERR_MODULE', why, { module: path, hash });
  }

  /** A file that is still what it was. */
  async #unchanged(hash: string): Promise<ModuleSpec | null> {
    const known = this.#known.get(hash);
    if (known === undefined) return null;
    const now = await readModule(known.path, null).catch(() => null);
    if (now?.hash === hash) return known;
    this.#known.delete(hash);
    return null;
  }

  async #lookAgain(hash: string): Promise<ModuleSpec | null> {
    await this.#look();
    return this.#known.get(hash) ?? null;
  }

  async #look(): Promise<void> {
    const { folder } = this.#sources;
    if (folder === null) return;
    const paths: string[] = [];
    await listModules(folder, paths);
    for (const path of paths) {
      const module = await readModule(path, null).catch(() => null);
      if (module !== null) this.#known.set(module.hash, module);
    }
  }

  /** The text of an allowed module as a file, which keeps the ending that says how it is read. */
  async #fetch({ path, hash }: ModuleSpec, store: BlobStore, signal: AbortSignal): Promise<ModuleSpec> {
    const text = await getBytes(store, hash, { signal });
    const folder = join(this.#sources.cacheFolder, 'modules');
    const extension = EXTENSIONS.has(extname(path)) ? extname(path) : '.mjs';
    const file = join(folder, `${hash}${extension}`);
    try {
      await makeFolder(folder);
      await writeNewSynced(file, text);
    } catch (error) {
      throw new TuttiError('ERR_FILE', `${file}: ${(error as Error).message}`, { file }, error);
    }
    const written = await readModule(file, null);
    if (written.hash !== hash) {
      const what = `its SHA-256 is ${written.hash}`;
      throw new TuttiError('ERR_FILE', `${file} is not the module that was written there: ${what}`, { file });
    }
    this.#known.set(hash, written);
    return written;
  }
}

/** Adds the paths of all modules in a folder and in those in it; packages that they import are none. */
async function listModules(folder: string, paths: string[]): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: Error) => {
    throw new TuttiError('ERR_FILE', `The folder of modules cannot be read: ${error.message}`, {
      file: folder,
    });
  });
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && !entry.name.startsWith('.')) await listModules(path, paths);
    } else if (EXTENSIONS.has(extname(entry.name))) paths.push(path);
    if (paths.length > MOST_FILES) {
      const message = `Expected at most ${MOST_FILES} modules in ${folder}, got more; give the folder that holds yours alone`;
      throw new TuttiError('ERR_FILE', message, { file: folder });
    }
  }
}
