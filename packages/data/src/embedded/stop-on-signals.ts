// Not SIGHUP: to listen for it would undo `nohup`.
const signals = ["SIGINT", "SIGTERM"] as const;
const stops = new Set<() => Promise<void>>();

/**
 * Has `stop` called before a signal ends this process, so that Ctrl-C in the middle of a script leaves no server
 * behind. A process that listens for a signal itself decides itself what happens then.
 *
 * @returns a function that takes this back.
 */
export function stopOnSignals(stop: () => Promise<void>): () => void {
  if (stops.size === 0) for (const signal of signals) process.on(signal, onSignal);
  stops.add(stop);
  return () => {
    stops.delete(stop);
    if (stops.size === 0) for (const signal of signals) process.off(signal, onSignal);
  };
}

function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  // Each takes itself back, so that the signal then ends the process as if nobody had listened.
  void Promise.allSettled([...stops].map((stop) => stop())).then(() => process.kill(process.pid, signal));
}
