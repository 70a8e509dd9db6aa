/** The authenticator of the service's own tokens: kubeconfigs, nodes, join tokens, and those of the owning account. */
import type { Claims, TokenUse } from '../../../wire/identity.ts';
import { DISPLAY_NAME, groupOf, type Role, userOf as userNameOf } from '../../../wire/sharing.ts';
import type { Credential, UserInfo } from '../request.ts';
import { type Authenticator, commonAudiences } from './authenticator.ts';

export interface IsletTokenPorts {
  cluster: { id: string; account: string };
  isRevoked(id: string): boolean;
  /** The role of the member whose token it is. */
  roleOf(claims: Claims): Role | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Names the token in the user's extra fields (apiserver `pkg/authentication/user`, CredentialIDKey). */
export const CREDENTIAL_ID = 'authentication.kubernetes.io/credential-id';
const NODE = 'islet.dev/node';
const NO_QUESTION = { issuer: 'islet', audiences: [] };

export function isletTokens({ cluster, isRevoked, roleOf, now }: IsletTokenPorts): Authenticator {
  /** The edge prints the claims of a token once, and the object parses a text once, so the same claims come again. */
  const users = new WeakMap<Claims, { user: UserInfo; role: Role | undefined }>();

  return (claims, question) => {
    if (claims.use === 'service-account') return undefined;
    const isMembers = isOfMember(claims, cluster);
    const isElsewhere = (claims.scope?.cluster ?? cluster.id) !== cluster.id;
    const role = isMembers && !isElsewhere ? roleOf(claims) : undefined;
    if (isMembers && !role) return { ok: false, isFinal: false, isStrange: true };
    if (!isMembers && !isBoundTo(claims, cluster)) return { ok: false, isFinal: false };
    const credential = credentialOf(claims);
    if (isRevoked(credential.id)) return { ok: false, isFinal: true };
    if (credential.expires <= now()) return { ok: false, isFinal: false };
    let known = users.get(claims);
    if (!known || known.role !== role) {
      known = { user: role ? memberOf(claims, role) : userOf(claims), role };
      users.set(claims, known);
    }
    const { user } = known;
    const { issuer, audiences: wanted } = question ?? NO_QUESTION;
    const audiences = wanted.length === 0 ? [issuer] : commonAudiences([issuer], wanted);
    return audiences.length > 0 ? { ok: true, user, audiences, credential } : { ok: false, isFinal: false };
  };
}

/** Tokens that speak for an account. */
const ACCOUNTS: ReadonlySet<TokenUse> = new Set<TokenUse>(['account', 'session', 'forward']);

/** A token of an account that does not own the cluster, or a member's kubeconfig. */
function isOfMember({ use, member, cluster, account }: Claims, own: IsletTokenPorts['cluster']): boolean {
  if (member) return use === 'cluster' && cluster === own.id;
  return ACCOUNTS.has(use) && account !== own.account;
}

function isBoundTo({ use, cluster, account, scope }: Claims, own: IsletTokenPorts['cluster']): boolean {
  switch (use) {
    case 'cluster':
    case 'join':
      return cluster === own.id;
    case 'account':
    case 'session':
    case 'forward':
      return account === own.account && (scope?.cluster ?? own.id) === own.id;
    default:
      return false;
  }
}

function credentialOf({ jti, use, exp, node }: Claims): Credential {
  return { id: jti, use, expires: exp * 1000, ...(node === undefined ? {} : { node }) };
}

function extraOf({ jti, node, name }: Claims): UserInfo['extra'] {
  return {
    [CREDENTIAL_ID]: [`JTI=${jti}`],
    ...(node === undefined ? {} : { [NODE]: [node] }),
    ...(name ? { [DISPLAY_NAME]: [name] } : {}),
  };
}

/** RBAC gives rights to the group of the role. */
function memberOf(claims: Claims, role: Role): UserInfo {
  const { account = '', scope } = claims;
  const [name, given] = scope?.readOnly
    ? [`${userNameOf(account)}:read-only`, 'view' as const]
    : [userNameOf(account), role];
  return { name, groups: [groupOf(given), 'system:authenticated'], extra: extraOf(claims) };
}

function userOf(claims: Claims): UserInfo {
  const { sub, jti, groups, use, scope } = claims;
  const extra = extraOf(claims);
  // A join token is upstream's bootstrap token (`plugin/pkg/auth/authenticator/token/bootstrap`).
  if (use === 'join') {
    return { name: `system:bootstrap:${jti}`, groups: ['system:bootstrappers', 'system:authenticated'], extra };
  }
  // A rule for the person by name is none for a token of theirs that may only look.
  if (scope?.readOnly) {
    return { name: `${sub}:read-only`, groups: [groupOf('view'), 'system:authenticated'], extra };
  }
  // The owner's way back, whatever a cluster's roles say. A kubeconfig's group is bound by RBAC alone.
  const more = ACCOUNTS.has(use) ? ['system:masters'] : [];
  return { name: sub, groups: [...new Set([...groups, ...more, 'system:authenticated'])], extra };
}
