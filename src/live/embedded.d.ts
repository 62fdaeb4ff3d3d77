// What runs in the browser as text, written by scripts/bundle.mjs from the folder client.

/** The script of the live page. */
export declare const clientScript: string;
