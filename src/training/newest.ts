// Values that come faster than some look: whoever watches gets each value that is the newest when it looks.

interface Waiting<T> {
  resolve(result: IteratorResult<T, undefined>): void;
  reject(error: unknown): void;
}

interface Watcher<T> {
  /** Not looked at yet. */
  value: { readonly newest: T } | null;
  waiting: Waiting<T> | null;
}

export class Newest<T> {
  readonly #watchers = new Set<Watcher<T>>();
  /** How it ended; null while it has not. */
  #ending: { readonly error?: unknown; readonly failed: boolean } | null = null;

  show(newest: T): void {
    for (const watcher of this.#watchers) {
      watcher.value = { newest };
      this.#serve(watcher);
    }
  }

  end(): void {
    this.#end({ failed: false });
  }

  /** Ends it with an error, which every watcher gets once. */
  fail(error: unknown): void {
    this.#end({ error, failed: true });
  }

  /** A watcher of its own: of all that is shown from now on. */
  watch(): AsyncIterableIterator<T, undefined> {
    const watcher: Watcher<T> = { value: null, waiting: null };
    this.#watchers.add(watcher);
    const leave = (): IteratorResult<T, undefined> => {
      this.#watchers.delete(watcher);
      return { done: true, value: undefined };
    };
    return {
      next: () =>
        new Promise((resolve, reject) => {
          if (!this.#watchers.has(watcher)) return resolve(leave());
          watcher.waiting = { resolve, reject };
          this.#serve(watcher);
        }),
      return: async () => leave(),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  #end(ending: { readonly error?: unknown; readonly failed: boolean }): void {
    this.#ending = ending;
    for (const watcher of this.#watchers) this.#serve(watcher);
  }

  /** Answers a watcher that waits, if there is an answer. */
  #serve(watcher: Watcher<T>): void {
    const { waiting, value } = watcher;
    if (waiting === null) return;
    if (value !== null) {
      watcher.value = null;
      watcher.waiting = null;
      waiting.resolve({ done: false, value: value.newest });
    } else if (this.#ending !== null) {
      watcher.waiting = null;
      this.#watchers.delete(watcher);
      if (this.#ending.failed) waiting.reject(this.#ending.error);
      else waiting.resolve({ done: true, value: undefined });
    }
  }
}
