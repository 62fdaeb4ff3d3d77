// Waiting for what may never come: a thread's end, or a process's.

/** Time is counted in looks: where the machine slept, or this thread got no turn, whoever is waited for may have had none. */
const LOOK_MS = 50;

/** The value of a promise, or null when it takes longer; keeps the process meanwhile. */
export function inTime<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  return new Promise((resolve) => {
    let looks = 0;
    const timer = setInterval(() => {
      looks++;
      if (looks * LOOK_MS >= ms) done(null);
    }, LOOK_MS);
    const done = (value: T | null) => {
      clearInterval(timer);
      resolve(value);
    };
    void promise.then(done);
  });
}
