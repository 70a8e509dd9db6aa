/** The claims of each kind of token. Times in milliseconds since the epoch, as everywhere; claims count seconds. */
import { isRandomName as isRandomAccount } from '../../wire/account-names.ts';
import { ADMINISTRATOR, type Claims, type TokenScope } from '../../wire/identity.ts';
import { groupOf, userOf } from '../../wire/sharing.ts';

const DAY = 24 * 3600;
/** As long as a kubeadm administrator's certificate. */
export const ACCOUNT_TOKEN_SECONDS = 365 * DAY;
/** Of a session that a code was traded for. */
export const SESSION_SECONDS = 12 * 3600;
/** Of a person's, and of a visitor's. */
export const PERSON_SESSION_SECONDS = 30 * DAY;
export const CODE_SECONDS = 600;
/** Of the ticket with which a browser comes to a forward's site, and of the forward. */
export const FORWARD_TICKET_SECONDS = 30;
export const FORWARD_SECONDS = 12 * 3600;
/** As long as a kubeadm administrator's certificate. */
const KUBECONFIG_SECONDS = 365 * DAY;
/** Of the offer of a cluster. */
export const OFFER_SECONDS = 3600;

interface Issue {
  jti: string;
  now: number;
}

function issued(now: number, seconds: number): Pick<Claims, 'iss' | 'iat' | 'exp'> {
  const iat = Math.floor(now / 1000);
  return { iss: 'islet', iat, exp: iat + seconds };
}

/** An account that was opened with the bootstrap secret is the administrator; others are people. */
function owner(account: string): Pick<Claims, 'sub' | 'groups'> {
  return { ...administrator(), ...(isRandomAccount(account) ? { sub: userOf(account) } : {}) };
}

function administrator(): Pick<Claims, 'sub' | 'groups'> {
  return { sub: ADMINISTRATOR.sub, groups: [...ADMINISTRATOR.groups] };
}

/** A kubeconfig's token: as long as a kubeadm administrator's certificate. */
export function adminClaims(cluster: string, account: string, issue: Issue, seconds = KUBECONFIG_SECONDS): Claims {
  const { jti, now } = issue;
  return { ...issued(now, seconds), ...administrator(), jti, use: 'cluster', cluster, account };
}

/** A member's kubeconfig: the cluster knows the member's rights. */
export function memberClaims(cluster: string, account: string, issue: Issue, seconds = KUBECONFIG_SECONDS): Claims {
  const { jti, now } = issue;
  const subject = { sub: userOf(account), groups: [], member: true as const };
  return { ...issued(now, seconds), ...subject, jti, use: 'cluster', cluster, account };
}

/** A link that a cluster is shared by. */
export function linkClaims(cluster: string, seconds: number, { jti, now }: Issue): Claims {
  return { ...issued(now, seconds), sub: `islet:link:${jti}`, groups: [], jti, use: 'link', cluster };
}

/** An offer of a cluster: the account that brings it takes the cluster over. */
export function offerClaims(account: string, cluster: string, seconds: number, { jti, now }: Issue): Claims {
  return { ...issued(now, seconds), sub: `islet:offer:${jti}`, groups: [], jti, use: 'offer', cluster, account };
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

/** An account's own token: manages its clusters, and administers each of them, where its scope is no smaller. */
export function accountClaims(account: string, seconds: number, { jti, now }: Issue, scope?: TokenScope): Claims {
  const { sub, groups } = owner(account);
  const groupsOf = scope?.readOnly ? [groupOf('view'), 'system:authenticated'] : groups;
  const claims: Claims = { ...issued(now, seconds), sub, groups: groupsOf, jti, use: 'account', account };
  return scope ? { ...claims, scope } : claims;
}

/** A node's ticket for one stream session, whose id is the token's. */
export function ticketClaims(cluster: string, node: string, seconds: number, { jti, now }: Issue): Claims {
  const subject = { sub: `system:node:${node}`, groups: [] };
  return { ...issued(now, seconds), ...subject, jti, use: 'stream', cluster, node };
}

export function codeClaims(account: string, seconds: number, { jti, now }: Issue): Claims {
  return { ...issued(now, seconds), sub: `islet:account:${account}`, groups: [], jti, use: 'code', account };
}

export function sessionClaims(account: string, seconds: number, { jti, now }: Issue): Claims {
  return { ...issued(now, seconds), ...owner(account), jti, use: 'session', account };
}

export function forwardTicketClaims(account: string, seconds: number, { jti, now }: Issue, scope?: TokenScope): Claims {
  const subject = { sub: `islet:account:${account}`, groups: [] };
  return { ...issued(now, seconds), ...subject, jti, use: 'forward-ticket', account, scope };
}

/** A forward has the rights of its account, for the one port that its scope names. */
export function forwardClaims(account: string, seconds: number, { jti, now }: Issue, scope?: TokenScope): Claims {
  return { ...issued(now, seconds), ...owner(account), jti, use: 'forward', account, scope };
}
