/** What each token says. Times in milliseconds since the epoch, as everywhere; claims count seconds. */
import { ADMINISTRATOR, type Claims } from '../../wire/identity.ts';

const DAY = 24 * 3600;
export const SESSION_SECONDS = 12 * 3600;

interface Issue {
  jti: string;
  now: number;
}

function issued(now: number, seconds: number): Pick<Claims, 'iss' | 'iat' | 'exp'> {
  const iat = Math.floor(now / 1000);
  return { iss: 'islet', iat, exp: iat + seconds };
}

function administrator(): Pick<Claims, 'sub' | 'groups'> {
  return { sub: ADMINISTRATOR.sub, groups: [...ADMINISTRATOR.groups] };
}

/** A kubeconfig's token: as long as a kubeadm administrator's certificate. */
export function adminClaims(cluster: string, account: string, { jti, now }: Issue): Claims {
  return { ...issued(now, 365 * DAY), ...administrator(), jti, use: 'cluster', cluster, account };
}

/** `ca`: SHA-256 of the CA certificate that the joining machine must find at the end of the server's chain. */
export function joinClaims(cluster: string, seconds: number, ca: string | undefined, { jti, now }: Issue): Claims {
  const subject = { sub: `islet:join:${jti}`, groups: [] };
  return { ...issued(now, seconds), ...subject, jti, use: 'join', cluster, ...(ca ? { ca } : {}) };
}

export function nodeClaims(cluster: string, node: string, { jti, now }: Issue): Claims {
  const groups = ['system:nodes', 'system:authenticated'];
  return { ...issued(now, 365 * DAY), sub: `system:node:${node}`, groups, jti, use: 'cluster', cluster, node };
}

export function codeClaims(account: string, seconds: number, { jti, now }: Issue): Claims {
  return { ...issued(now, seconds), sub: `islet:account:${account}`, groups: [], jti, use: 'code', account };
}

export function sessionClaims(account: string, { jti, now }: Issue): Claims {
  return { ...issued(now, SESSION_SECONDS), ...administrator(), jti, use: 'session', account };
}
