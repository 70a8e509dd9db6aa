/** The deployment's bootstrap secret opens accounts. The deployment itself knows only its SHA-256. */
import type { Env } from '../env.ts';

export async function isBootstrapSecret(env: Env, authorization: string | null): Promise<boolean> {
  const secret = /^bearer\s+(\S+)\s*$/i.exec(authorization ?? '')?.[1];
  if (!secret || !env.ISLET_BOOTSTRAP_SECRET) return false;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret)));
  return sameText(hex(digest), env.ISLET_BOOTSTRAP_SECRET.trim().toLowerCase());
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Takes as long for a wrong text as for a right one. */
function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}
