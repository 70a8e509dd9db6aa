/**
 * Notes that workerd's authors write to themselves, marked as nothing to report: an alarm that was moved while it rang,
 * for one. `ISLET_DEBUG` shows them too.
 */
export function isRuntimeNote(line: string): boolean {
  return line.includes('NOSENTRY');
}

/** A line of the service's log for a person to read: the time of day first. */
export function logLine(now: Date, line: string): string {
  return `${now.toTimeString().slice(0, 8)} ${line}`;
}
