/** A line of the service's log for a person to read: the time of day first. */
export function logLine(now: Date, line: string): string {
  return `${now.toTimeString().slice(0, 8)} ${line}`;
}
