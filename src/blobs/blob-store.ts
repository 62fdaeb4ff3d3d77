// Where bytes lie that do not fit into a task: datasets, modules, states, results. Each is known by the SHA-256 of its
// content, so that storing it twice is storing it once, and nobody is given what he did not ask for.

/** SHA-256 of the content, 64 lower-case hexadecimal digits. */
export type Digest = string;

/** Longest blob that a store takes; what is longer travels in pieces (`putBytes`). */
export const MOST_BLOB_BYTES = 8 * 2 ** 20;

export interface BlobStore {
  /** Where it is, for other hosts and for messages; never with credentials. */
  readonly address: string;
  /** Whether a blob is there, and whole as far as the store can tell by itself. @throws ERR_STORE when it cannot be reached. */
  has(digest: Digest, signal?: AbortSignal): Promise<boolean>;
  /**
   * Stores a blob, once: one that is there stays as it is, unless it is found to be damaged. Resolves when it would outlive this
   * process; the machine that keeps it, once the store is closed.
   * @param bytes at most {@link MOST_BLOB_BYTES}, whose SHA-256 `digest` is.
   * @throws ERR_STORE when it cannot be stored.
   */
  put(digest: Digest, bytes: Uint8Array, signal?: AbortSignal): Promise<void>;
  /**
   * A blob as it was stored: checked against its digest.
   * @throws ERR_BLOB when it is missing or damaged (`details.problem` says which), ERR_STORE when the store cannot be reached.
   */
  get(digest: Digest, signal?: AbortSignal): Promise<Uint8Array>;
  /** Removes a blob, if it is there. @throws ERR_STORE when it cannot be removed. */
  delete(digest: Digest): Promise<void>;
  /** Waits for disks. */
  close(): Promise<void>;
}
