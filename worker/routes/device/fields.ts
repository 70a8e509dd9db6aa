/** The fields of a request of the device flow: a form, as OAuth's clients send it, or JSON. */
import { readJsonObject } from '../../body.ts';
import type { EdgeRequest, EdgeResponse } from '../../env.ts';
import { json } from '../management/route.ts';

const MAX_FORM = 16 * 1024;

export async function readFields(request: EdgeRequest): Promise<Record<string, unknown> | undefined> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers.get('content-type') ?? '')) {
    return readJsonObject(request);
  }
  const length = Number(request.headers.get('content-length') ?? Number.NaN);
  if (!(length <= MAX_FORM)) return undefined;
  return Object.fromEntries(new URLSearchParams(await request.text()));
}

/** The truth or the number that a field is, which a form sends as text. */
export function plainValue(field: unknown): unknown {
  if (field === 'true' || field === 'false') return field === 'true';
  return typeof field === 'string' && /^\d{1,9}$/.test(field) ? Number(field) : field;
}

/** An error as OAuth says it (RFC 6749, section 5.2; RFC 8628, section 3.5). */
export function oauthError(error: string, description: string, status = 400): EdgeResponse {
  return json({ error, error_description: description }, status);
}
