/**
 * The authenticator of service accounts' tokens (upstream `pkg/serviceaccount/{jwt,claims,legacy}.go`). Nothing of a
 * token is stored: it counts for as long as its account is there, and the pod, node or Secret that it is bound to.
 */
import { fromBase64 } from '../../../kube/kinds/validation/base64.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { type Key, keyOf } from '../../../kube/machinery/resource.ts';
import type { Secret, ServiceAccount } from '../../../kube/types.ts';
import type { AccountBinding, BoundObject, Claims } from '../../../wire/identity.ts';
import type { Store } from '../../store/store.ts';
import type { UserInfo } from '../request.ts';
import { type Authenticator, commonAudiences } from './authenticator.ts';
import { CREDENTIAL_ID } from './islet-tokens.ts';

type Reader = Pick<Store, 'get' | 'onCommit'>;

export interface ServiceAccountPorts {
  cluster: string;
  store: Reader;
  isRevoked(id: string): boolean;
  /** Milliseconds since the epoch. */
  now(): number;
  /** The Secret of a legacy token was used. */
  legacyUsed?(secret: Secret): void;
}

/** An object that is being deleted counts for so long after its time (go-jose DefaultLeeway). */
const LEEWAY_MS = 60_000;
const INVALIDATED = 'service account token has been invalidated';
const GENERATED =
  'Use tokens from the TokenRequest API or manually created secret-based tokens instead of auto-generated secret-based tokens.';
const INVALID_SINCE = 'kubernetes.io/legacy-token-invalid-since';
const EXTRA = 'authentication.kubernetes.io/';

/** Keys whose changes are looked for; beyond this many all standings are looked up anew. */
const MAX_KEYS = 10_000;

/** How a token stands. `until`: the time from which it has to be looked at again. */
interface Standing {
  turn: number;
  until: number;
  problem?: { why: string; isFinal: boolean };
  /** For the one that uses the token. */
  warning?: string;
  /** uids of the objects that the token ends with. */
  endsWith: readonly string[];
}

interface Check {
  key: Key;
  uid: string;
  missing: string;
  /** Of an object with another uid than the token names. */
  replaced(uid: string): string;
  going: string;
}

export function serviceAccountTokens(ports: ServiceAccountPorts): Authenticator {
  /** The same claims come again: see {@link isletTokens}. */
  const standings = new WeakMap<Claims, Standing>();
  const users = new WeakMap<Claims, UserInfo>();
  /** Objects that tokens were found to depend on. A turn ends when one of them changes. */
  const keys = new Set<Key>();
  let turn = 0;
  const nextTurn = (): void => {
    turn++;
    keys.clear();
  };
  ports.store.onCommit((entries) => {
    if (keys.size > 0 && entries.some(({ key }) => keys.has(key))) nextTurn();
  });
  const read = (key: Key): KubeObject | undefined => {
    if (keys.size >= MAX_KEYS) nextTurn();
    keys.add(key);
    const stored = ports.store.get(key);
    return stored && (JSON.parse(stored.text) as KubeObject);
  };

  return (claims, question) => {
    const { serviceAccount: binding, use, cluster, jti, exp, iss } = claims;
    if (use !== 'service-account' || !binding) return undefined;
    if (cluster !== ports.cluster) return { ok: false, isFinal: false };
    const now = ports.now();
    if (exp * 1000 <= now) return { ok: false, isFinal: false, why: 'service account token has expired' };

    const api = question && question.issuer !== iss ? [question.issuer, iss] : [iss];
    const own = binding.legacySignature === undefined ? binding.audiences : api;
    const wanted = question && question.audiences.length > 0 ? question.audiences : api;
    const audiences = commonAudiences(own, wanted);
    if (audiences.length === 0) {
      const why = `token audiences ${goList(own)} is invalid for the target audiences ${goList(wanted)}`;
      return { ok: false, isFinal: true, why };
    }

    let standing = standings.get(claims);
    if (!standing || standing.turn !== turn || standing.until <= now) {
      // The turn that it began in: one that ended meanwhile took keys with it that this standing depends on.
      const began = turn;
      standing = { ...standingOf(binding, { ...ports, read }, now), turn: began };
      standings.set(claims, standing);
    }
    if (standing.problem) return { ok: false, ...standing.problem };
    const id = credentialId(jti, standing.endsWith);
    if (ports.isRevoked(jti)) return { ok: false, isFinal: true };
    let user = users.get(claims);
    if (!user) {
      user = userOf(claims, binding);
      users.set(claims, user);
    }
    return {
      ok: true,
      user,
      audiences,
      credential: { id, use, expires: exp * 1000, ...(standing.warning && { warning: standing.warning }) },
    };
  };
}

const ID_SEPARATOR = '/';

/** The id says with which objects the token ends, so that what it opened can be closed with them. */
function credentialId(jti: string, uids: readonly string[]): string {
  return [jti, ...uids].join(ID_SEPARATOR);
}

/** The uids of the objects that a credential ends with; none for those that are no service account's. */
export function uidsOfCredential(id: string): string[] {
  return id.split(ID_SEPARATOR).slice(1);
}

interface Look extends ServiceAccountPorts {
  read(key: Key): KubeObject | undefined;
}

function standingOf(binding: AccountBinding, look: Look, now: number): Omit<Standing, 'turn'> {
  try {
    return binding.legacySignature === undefined
      ? boundStanding(binding, look, now)
      : legacyStanding(binding, look, now);
  } catch {
    // A Secret that cannot be opened.
    return { until: now, endsWith: [], problem: { why: INVALIDATED, isFinal: false } };
  }
}

function boundStanding(binding: AccountBinding, { read }: Look, now: number): Omit<Standing, 'turn'> {
  const endsWith: string[] = [];
  let until = Number.POSITIVE_INFINITY;
  const refused = (why: string) => ({ until, endsWith, problem: { why, isFinal: true } });
  for (const check of checksOf(binding)) {
    const meta = read(check.key)?.metadata;
    if (!meta) return refused(check.missing);
    if (meta.uid !== check.uid) return refused(check.replaced(meta.uid ?? ''));
    if (meta.deletionTimestamp) {
      const end = Date.parse(meta.deletionTimestamp) + LEEWAY_MS;
      // An object may stay for long after that, but its time is not moved back.
      if (end < now) return refused(check.going);
      until = Math.min(until, end + 1);
    }
    endsWith.push(check.uid);
  }
  return { until, endsWith };
}

function legacyStanding(binding: AccountBinding, look: Look, now: number): Omit<Standing, 'turn'> {
  const { namespace, account: named, secret: kept, legacySignature } = binding;
  // The Secret says when it was used last, by days.
  const until = endOfDay(now);
  const refused = (why: string, isFinal = false) => ({ until, endsWith: [], problem: { why, isFinal } });
  const secret = look.read(keyOf('secrets', namespace, kept?.name ?? '')) as Secret | undefined;
  if (!secret || secret.metadata.deletionTimestamp) return refused('Token has been invalidated');
  const token = fromBase64(secret.data?.token ?? '');
  if (token.slice(token.lastIndexOf('.') + 1) !== legacySignature) {
    return refused("Token does not match server's copy");
  }
  const found = look.read(keyOf('serviceaccounts', namespace, named.name)) as ServiceAccount | undefined;
  const account = found?.metadata;
  if (!account) return refused(`serviceaccounts "${named.name}" not found`, true);
  if (account.deletionTimestamp) return refused(`ServiceAccount ${namespace}/${named.name} has been deleted`);
  if (account.uid !== named.uid) {
    return refused(`ServiceAccount UID (${account.uid}) does not match claim (${named.uid})`, true);
  }
  look.legacyUsed?.(secret);
  const { name, uid = '', labels } = secret.metadata;
  if (labels?.[INVALID_SINCE]) {
    const text = `the token in secret ${namespace}/${name} for service account ${namespace}/${named.name} has been marked invalid. Use tokens from the TokenRequest API or manually created secret-based tokens, or remove the '${INVALID_SINCE}' label from the secret to temporarily allow use of this token`;
    return refused(text);
  }
  // Kubernetes before 1.24 made a token for each account, and listed it there.
  const isGenerated = found?.secrets?.some((listed) => listed.name === name);
  return { until, endsWith: [uid, named.uid], ...(isGenerated && { warning: GENERATED }) };
}

/** In upstream's order; the node of a pod's token is not looked at. */
function checksOf({ namespace, account, secret, pod, node }: AccountBinding): Check[] {
  const checks: Check[] = [
    {
      key: keyOf('serviceaccounts', namespace, account.name),
      uid: account.uid,
      missing: `serviceaccounts "${account.name}" not found`,
      replaced: (uid) => `service account UID (${uid}) does not match claim (${account.uid})`,
      going: `service account ${namespace}/${account.name} has been deleted`,
    },
  ];
  const bound = (resource: string, kind: string, where: string, { name, uid }: BoundObject): void => {
    checks.push({
      key: keyOf(resource, where, name),
      uid,
      missing: INVALIDATED,
      replaced: (found) => `${kind} UID (${found}) does not match service account ${kind} ref claim (${uid})`,
      going: INVALIDATED,
    });
  };
  if (secret) bound('secrets', 'secret', namespace, secret);
  if (pod) bound('pods', 'pod', namespace, pod);
  else if (node) bound('nodes', 'node', '', node);
  return checks;
}

function endOfDay(now: number): number {
  const day = 24 * 3600_000;
  return (Math.floor(now / day) + 1) * day;
}

/** `apiserver/pkg/authentication/serviceaccount/util.go` UserInfo, and the group that every authenticated user gets. */
function userOf({ sub, jti }: Claims, binding: AccountBinding): UserInfo {
  const { namespace, account, pod, node, legacySignature } = binding;
  const extra: Record<string, string[]> = {};
  if (legacySignature === undefined) extra[CREDENTIAL_ID] = [`JTI=${jti}`];
  if (node) extra[`${EXTRA}node-name`] = [node.name];
  if (node?.uid) extra[`${EXTRA}node-uid`] = [node.uid];
  if (pod?.uid) {
    extra[`${EXTRA}pod-name`] = [pod.name];
    extra[`${EXTRA}pod-uid`] = [pod.uid];
  }
  return {
    name: sub,
    uid: account.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    ...(Object.keys(extra).length > 0 ? { extra } : {}),
  };
}

/** As Go's `%q` prints a list. */
function goList(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(' ')}]`;
}
