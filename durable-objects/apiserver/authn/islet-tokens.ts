/** The authenticator of the service's own tokens: kubeconfigs, nodes, join tokens, and those of the owning account. */
import { type Claims, VIEWERS } from '../../../wire/identity.ts';
import type { Credential, UserInfo } from '../request.ts';
import { type Authenticator, commonAudiences } from './authenticator.ts';

export interface IsletTokenPorts {
  cluster: { id: string; account: string };
  isRevoked(id: string): boolean;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Names the token in the user's extra fields (apiserver `pkg/authentication/user`, CredentialIDKey). */
export const CREDENTIAL_ID = 'authentication.kubernetes.io/credential-id';
const NODE = 'islet.dev/node';
const NO_QUESTION = { issuer: 'islet', audiences: [] };

export function isletTokens({ cluster, isRevoked, now }: IsletTokenPorts): Authenticator {
  /** The edge prints the claims of a token once, and the object parses a text once, so the same claims come again. */
  const users = new WeakMap<Claims, UserInfo>();

  return (claims, question) => {
    if (claims.use === 'service-account') return undefined;
    if (!isBoundTo(claims, cluster)) return { ok: false, isFinal: false };
    const credential = credentialOf(claims);
    if (isRevoked(credential.id)) return { ok: false, isFinal: true };
    if (credential.expires <= now()) return { ok: false, isFinal: false };
    let user = users.get(claims);
    if (!user) {
      user = userOf(claims);
      users.set(claims, user);
    }
    const { issuer, audiences: wanted } = question ?? NO_QUESTION;
    const audiences = wanted.length === 0 ? [issuer] : commonAudiences([issuer], wanted);
    return audiences.length > 0 ? { ok: true, user, audiences, credential } : { ok: false, isFinal: false };
  };
}

function isBoundTo({ use, cluster, account, scope }: Claims, own: IsletTokenPorts['cluster']): boolean {
  switch (use) {
    case 'cluster':
    case 'join':
      return cluster === own.id;
    case 'account':
    case 'session':
      return account === own.account && (scope?.cluster ?? own.id) === own.id;
    default:
      return false;
  }
}

function credentialOf({ jti, use, exp, node }: Claims): Credential {
  return { id: jti, use, expires: exp * 1000, ...(node === undefined ? {} : { node }) };
}

function userOf({ sub, jti, groups, use, node, scope }: Claims): UserInfo {
  const extra = { [CREDENTIAL_ID]: [`JTI=${jti}`], ...(node === undefined ? {} : { [NODE]: [node] }) };
  // A join token is upstream's bootstrap token (`plugin/pkg/auth/authenticator/token/bootstrap`).
  if (use === 'join') {
    return { name: `system:bootstrap:${jti}`, groups: ['system:bootstrappers', 'system:authenticated'], extra };
  }
  // A rule for the person by name is none for a token of theirs that may only look.
  if (scope?.readOnly) {
    return { name: `${sub}:read-only`, groups: [VIEWERS, 'system:authenticated'], extra };
  }
  // The owner's way back, whatever a cluster's roles say. A kubeconfig's group is bound by RBAC alone.
  const more = use === 'account' || use === 'session' ? ['system:masters'] : [];
  return { name: sub, groups: [...new Set([...groups, ...more, 'system:authenticated'])], extra };
}
