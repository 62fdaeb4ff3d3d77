// What a process of this program and the process that started it agree on before anything else: which pipe is for what,
// and the last word.

/** The file descriptor of the pipe for messages, which the first thread has. */
export const MESSAGES = 3;
/** And of the pipe that the watching thread has. */
export const WATCH = 4;

/** What a process is for: members of a training, predictions of one learner, or a model that is built once. */
export type Role = 'jobs' | 'learner' | 'trial';

/** What a process says of its end, when it can: better than its status. */
export interface LastWord {
  readonly lastWord: string;
}

export function isLastWord(message: unknown): message is LastWord {
  return typeof message === 'object' && message !== null && 'lastWord' in message;
}

/** Where code of the user's runs: in processes of its own, or, null, on threads of this one. */
export type Isolation = 'process' | null;
