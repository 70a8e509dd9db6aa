import type { Claims } from '../../wire/identity.ts';

/** What a token says of itself, read without checking: the server does that. Nothing of what is no token. */
export function claimsOf(token: string): Partial<Claims> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return claims ?? {};
  } catch {
    return {};
  }
}
