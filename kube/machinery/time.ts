/** Times as Kubernetes prints them (apimachinery `pkg/apis/meta/v1/time.go`, `micro_time.go`). */

/** RFC 3339 with whole seconds: metav1.Time. `ms` since the epoch. */
export function rfc3339(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== printed.second) printed = { second, text: `${new Date(ms).toISOString().slice(0, 19)}Z` };
  return printed.text;
}

/** A write prints its time several times, and so do others of the same second. */
let printed = { second: Number.NaN, text: '' };

/** RFC 3339 with six digits of fraction: metav1.MicroTime. `ms` since the epoch. */
export function microTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000Z`;
}

/** A time's text in milliseconds since the epoch; 0 for none, and for a text that is no time. */
export function timeOf(text: string | null | undefined): number {
  return text ? Date.parse(text) || 0 : 0;
}

/** A duration as Go prints whole seconds and more: `10s`, `1m20s`, `5m0s`; below a second `250ms`. */
export function goDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  if (milliseconds < 1000) return `${milliseconds}ms`;
  const hours = Math.floor(milliseconds / 3_600_000);
  const minutes = Math.floor((milliseconds % 3_600_000) / 60_000);
  const seconds = `${(milliseconds % 60_000) / 1000}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
