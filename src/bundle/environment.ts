// What a file says beside its ensemble, outside the content hash. Types alone, since the public declarations hold
// them; schema.ts checks what a file says.

/** Where an ensemble was saved. When is the file's own time: the same training writes the same file. */
export interface Environment {
  readonly tutti: string;
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
  readonly arch: string;
}

/** What a training measured, kept beside the ensemble as plain JSON. */
export type StoredReport = Readonly<Record<string, unknown>>;
