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
