/** What of a client's request the object is handed. All other headers end here. */
import { CLAIMS_HEADER } from '../../wire/identity.ts';
import { gatherExtra, IMPERSONATED_EXTRA, isExtra } from '../../wire/impersonation.ts';
import type { EdgeRequest } from '../env.ts';

const FORWARDED: ReadonlySet<string> = new Set([
  'accept',
  'content-type',
  'user-agent',
  'audit-id',
  'impersonate-user',
  'impersonate-uid',
  'impersonate-group',
]);

/** `claims` as printed. */
export function forwardedHeaders({ headers }: EdgeRequest, claims: string): Record<string, string> {
  const forwarded: Record<string, string> = { [CLAIMS_HEADER]: claims };
  let hasExtra = false;
  headers.forEach((value, name) => {
    if (FORWARDED.has(name)) forwarded[name] = value;
    else hasExtra ||= isExtra(name);
  });
  // An extra by itself is handed on as well: that it impersonates nobody is an error, and the object says so.
  if (hasExtra) forwarded[IMPERSONATED_EXTRA] = gatherExtra(headers) ?? '{}';
  return forwarded;
}
