// A time within which something should be over, where a server may never answer.

/** Waits until a promise is settled, but no longer than that. @returns whether it is. */
export function settledWithin(milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), milliseconds);
    const inTime = () => {
      clearTimeout(late);
      resolve(true);
    };
    promise.then(inTime, inTime);
  });
}
