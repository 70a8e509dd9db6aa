/** Ctrl-C, a SIGTERM, a closed terminal, or the death of the parent process. */
export function stopRequest(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
    if (process.channel) {
      process.once('disconnect', () => resolve());
      process.channel.unref();
    }
  });
}
