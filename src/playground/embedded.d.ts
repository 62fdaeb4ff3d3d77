// Rows as text, written by scripts/playground.mjs from the folder data: a worker of a page has no files.

/** Lines of numbers with the class at the end, without a header. */
export declare const embeddedRows: { readonly iris: string; readonly digits: string };
