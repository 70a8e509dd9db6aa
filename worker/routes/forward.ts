/** The headers of a client's request that the object is handed. All others end here. */
import { gatherExtra, IMPERSONATED_EXTRA, isExtra } from '../../wire/impersonation.ts';
import type { EdgeRequest } from '../env.ts';

const FORWARDED: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'content-type',
  'user-agent',
  'audit-id',
  'if-none-match',
  'impersonate-user',
  'impersonate-uid',
  'impersonate-group',
]);

export function forwardedHeaders({ headers }: EdgeRequest): Record<string, string> {
  const forwarded: Record<string, string> = {};
  let hasExtra = false;
  // Names only: reading the values too, as `forEach` does, costs twice as much, and this runs for each request.
  for (const name of headers.keys()) {
    if (FORWARDED.has(name)) forwarded[name] = headers.get(name) ?? '';
    else if (isExtra(name)) hasExtra = true;
  }
  // An extra without a user is handed on as well: the object refuses it.
  if (hasExtra) forwarded[IMPERSONATED_EXTRA] = gatherExtra(headers) ?? '{}';
  return forwarded;
}
