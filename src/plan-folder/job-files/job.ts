// What job files are written from: a plan cut into parts, and what a part needs of a machine. Knows no scheduler, and no
// more of a plan than which members train together.

import type { Part } from './parts.js';

/** The folder of job files in a plan's own; scripts name their own places by it. */
export const JOBS_FOLDER = 'jobs';

/** A plan as a scheduler is to run it. */
export interface Job {
  /** A DNS label of at most 40 characters, the same for the same plan: `tutti-1f0c9a52`. */
  readonly name: string;
  /** The plan's folder, as an absolute path of this machine. */
  readonly folder: string;
  /** What is trained in a task each; at least one. */
  readonly parts: readonly Part[];
  /** Modules of the user's that tasks may run. */
  readonly modules: readonly JobModule[];
  /** Threads, and so cores, of a task. */
  readonly threads: number;
  /** Tasks that may run at once; null for as many as the scheduler has room for. */
  readonly atOnce: number | null;
  /** How long the longest part takes, measured; null where nobody measured. */
  readonly partMs: number | null;
  /** What a task takes of memory; null where nobody knows. */
  readonly memoryBytes: number | null;
  /** The program that made the plan, to be run where its files are there: Node.js and the script it was given. */
  readonly program: readonly [node: string, script: string] | null;
  /** The image of containers that have `tutti`; schedulers without containers leave it out. */
  readonly image: string | null;
}

export interface JobModule {
  /** Its copy, by its path in the plan's folder. */
  readonly copy: string;
  /** The file that the plan was made of, by its absolute path. */
  readonly original: string;
}

/** A file beside the others of its scheduler. */
export interface JobFile {
  readonly name: string;
  readonly text: string;
  /** Whether it is a program. */
  readonly runs: boolean;
}

/** What a scheduler needs to be told, each in a file of its own. */
export interface Scheduler {
  /** What it is, to end the sentence "job files for …". */
  readonly says: string;
  /** Threads of a task, where nobody says how many. */
  readonly threads: number;
  /** Whether tasks run in containers, and so need an image. */
  readonly containers: boolean;
  /** @throws ERR_OPTION for a folder that it cannot name */
  checkFolder?(folder: string): void;
  /** @throws ERR_OPTION for a job that it cannot run */
  files(job: Job): readonly JobFile[];
  /**
   * The commands that run the job and bring its members home, in the order they are typed.
   * @param files the folder of the job files, as the user names it.
   */
  commands(job: Job, files: string): readonly string[];
}
