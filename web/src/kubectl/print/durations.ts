/** Spans of time as kubectl tells them. */

/** `duration.HumanDuration`: two units at most, the second only where it matters. Milliseconds. */
export function humanDuration(milliseconds: number): string {
  const total = Math.trunc(milliseconds / 1000);
  if (total < -1) return '<invalid>';
  if (total < 0) return '0s';
  if (total < 120) return `${total}s`;
  const [minutes, hours] = [Math.trunc(total / 60), Math.trunc(total / 3600)];
  if (minutes < 10) return withRest(minutes, 'm', total % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  if (hours < 192) return withRest(Math.trunc(hours / 24), 'd', hours % 24, 'h');
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24)}d`;
  if (hours < 24 * 365 * 8) return withRest(Math.trunc(hours / 24 / 365), 'y', Math.trunc(hours / 24) % 365, 'd');
  return `${Math.trunc(hours / 24 / 365)}y`;
}

function withRest(value: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${value}${unit}` : `${value}${unit}${rest}${restUnit}`;
}

/** The time since an RFC 3339 time. */
export function since(time: string | null | undefined, now: number): string {
  return time ? humanDuration(now - Date.parse(time)) : '<unknown>';
}

/** RFC 1123 with a numeric zone, in UTC, as descriptions show times. */
export function longTime(time: string | null | undefined): string {
  if (!time) return '';
  return new Date(time).toUTCString().replace('GMT', '+0000');
}
