/**
 * The claims of service account tokens, as JWT payloads (upstream `pkg/serviceaccount/{claims,legacy}.go`). Islet adds
 * one, the cluster: keys are the service's, and a request without a path is routed by its token.
 */
import type { JWTPayload } from 'jose';
import type { AccountBinding, BoundObject, Claims } from './identity.ts';

const CLUSTER = 'islet.dev/cluster';
const KUBERNETES = 'kubernetes.io';
const LEGACY = 'kubernetes.io/serviceaccount';
export const LEGACY_ISSUER = 'kubernetes/serviceaccount';
/** Seconds since the epoch. Legacy tokens do not expire, and no timer is set for later than this. */
const NEVER = 2 ** 32;
const USER = 'system:serviceaccount:';

export interface TokenOrder {
  issuer: string;
  cluster: string;
  binding: Omit<AccountBinding, 'legacySignature'>;
  jti: string;
  /** Seconds since the epoch. */
  now: number;
  /** Seconds from now. */
  expires: number;
  /** Seconds from now after which the use of the token is worth a warning. */
  warnAfter?: number;
}

export function accountPayload({ issuer, cluster, binding, jti, now, expires, warnAfter }: TokenOrder): JWTPayload {
  const { audiences, namespace, account, pod, node, secret } = binding;
  return {
    aud: audiences,
    exp: now + expires,
    iat: now,
    iss: issuer,
    [CLUSTER]: cluster,
    jti,
    [KUBERNETES]: {
      namespace,
      ...(node && { node: reference(node) }),
      ...(pod && { pod }),
      ...(secret && { secret }),
      serviceaccount: account,
      ...(warnAfter === undefined ? {} : { warnafter: now + warnAfter }),
    },
    nbf: now,
    sub: `${USER}${namespace}:${account.name}`,
  };
}

/** A token that is kept in a Secret, and counts for as long as the Secret has it. */
export function legacyPayload(cluster: string, namespace: string, account: BoundObject, secret: string): JWTPayload {
  return {
    iss: LEGACY_ISSUER,
    [CLUSTER]: cluster,
    [`${LEGACY}/namespace`]: namespace,
    [`${LEGACY}/secret.name`]: secret,
    [`${LEGACY}/service-account.name`]: account.name,
    [`${LEGACY}/service-account.uid`]: account.uid,
    sub: `${USER}${namespace}:${account.name}`,
  };
}

function reference({ name, uid }: BoundObject): Partial<BoundObject> {
  return uid === '' ? { name } : { name, uid };
}

/** undefined for a payload that is no service account's. `signature`: the token's, as it is written. */
export function readAccountPayload(payload: JWTPayload, signature: string): Claims | undefined {
  const cluster = payload[CLUSTER];
  if (typeof cluster !== 'string' || typeof payload.iss !== 'string') return undefined;
  const read = payload.iss === LEGACY_ISSUER ? readLegacy(payload, signature) : readBound(payload);
  if (!read) return undefined;
  const { namespace, account } = read.serviceAccount;
  if (payload.sub !== `${USER}${namespace}:${account.name}`) return undefined;
  return { iss: payload.iss, sub: payload.sub, groups: [], use: 'service-account', cluster, ...read };
}

type Read = Pick<Claims, 'iat' | 'exp' | 'jti'> & { serviceAccount: AccountBinding };

function readBound({ aud, exp, iat, jti, [KUBERNETES]: own }: JWTPayload): Read | undefined {
  if (typeof exp !== 'number' || typeof iat !== 'number' || typeof jti !== 'string' || !isRecord(own)) return undefined;
  const audiences = typeof aud === 'string' ? [aud] : aud;
  if (!Array.isArray(audiences) || !audiences.every((audience) => typeof audience === 'string')) return undefined;
  const { namespace } = own;
  const account = readReference(own.serviceaccount);
  if (typeof namespace !== 'string' || namespace === '' || !account?.uid) return undefined;
  const serviceAccount: AccountBinding = { audiences, namespace, account };
  for (const kind of ['pod', 'node', 'secret'] as const) {
    if (own[kind] === undefined) continue;
    const bound = readReference(own[kind]);
    if (!bound) return undefined;
    serviceAccount[kind] = bound;
  }
  return { iat, exp, jti, serviceAccount };
}

function readLegacy(payload: JWTPayload, signature: string): Read | undefined {
  const [namespace, secret, name, uid] = [
    'namespace',
    'secret.name',
    'service-account.name',
    'service-account.uid',
  ].map((claim) => payload[`${LEGACY}/${claim}`]);
  if (!isName(namespace) || !isName(secret) || !isName(name) || !isName(uid) || signature === '') return undefined;
  const account = { name, uid };
  const serviceAccount = {
    audiences: [],
    namespace,
    account,
    secret: { name: secret, uid: '' },
    legacySignature: signature,
  };
  return { iat: 0, exp: NEVER, jti: signature.slice(0, 32), serviceAccount };
}

function readReference(value: unknown): BoundObject | undefined {
  if (!isRecord(value)) return undefined;
  const { name, uid = '' } = value;
  return isName(name) && typeof uid === 'string' ? { name, uid } : undefined;
}

const isName = (value: unknown): value is string => typeof value === 'string' && value !== '';

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
