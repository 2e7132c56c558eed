/** What a shell reports for a program that Ctrl-C has ended. */
export const interruptedCode = 130;

/** `npm` hears the terminal's Ctrl-C too, and passes it on: that is no second one. */
const echo = 500;

/** How often to look whether the shell that `npm` started is still there. */
const lookEvery = 100;

/**
 * Aborts at the first Ctrl-C (or SIGTERM, or the terminal's end); the second ends the process at once. A signal to `npm` reaches only
 * the shell between the two, which ends without passing it on: that it is gone is a signal as well.
 */
export const listenForInterruption = (): AbortSignal => {
  const interruption = new AbortController();
  let first = 0;
  const hear = () => {
    if (interruption.signal.aborted) {
      if (performance.now() - first > echo) process.exit(interruptedCode);
      return;
    }
    first = performance.now();
    interruption.abort();
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, hear);
  const { ppid: parent, env } = process;
  if (env.npm_lifecycle_event !== undefined) {
    const watch = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watch);
      hear();
    }, lookEvery).unref();
  }
  return interruption.signal;
};

/** Resolves when it is aborted, or was before. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
