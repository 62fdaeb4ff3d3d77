// A command with a live page, in a process of its own.

import { type CliResult, tuttiProcess } from '../cli/support.js';

export interface Watched {
  readonly result: Promise<CliResult>;
  /** The page's address. */
  readonly url: string;
  /** Ends it if it is still there. */
  kill(signal: NodeJS.Signals): void;
}

/** Runs a command until it has printed the address of its page. */
export function watched(args: readonly string[], cwd: string): Promise<Watched> {
  return new Promise((resolve, reject) => {
    let end: (signal: NodeJS.Signals) => void = () => undefined;
    const result = tuttiProcess([...args, '--ui'], {
      cwd,
      onStderr: (text, kill) => {
        end = kill;
        const [, url] = /^Watch: (http\S+)$/m.exec(text) ?? [];
        if (url !== undefined) resolve({ result, url, kill: (signal) => end(signal) });
      },
    });
    result.then(({ stderr }) => reject(new Error(`No address in ${stderr}`)), reject);
  });
}
