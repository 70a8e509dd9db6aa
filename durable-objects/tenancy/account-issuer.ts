/** Issues an account's tokens, codes and sessions, and revokes them. */

import type { AccountCredential, Admission, NewSession, SignInMethod } from '../../wire/account-rpc.ts';
import type { Claims, TokenScope } from '../../wire/identity.ts';
import type { ClusterRpc, Result } from '../../wire/rpc.ts';
import type { KeySet } from '../../wire/tokens.ts';
import { refuse } from './account-clusters.ts';
import type { AccountCredentials, CredentialRecord } from './account-credentials.ts';
import {
  ACCOUNT_TOKEN_SECONDS,
  accountClaims,
  CODE_SECONDS,
  codeClaims,
  FORWARD_SECONDS,
  FORWARD_TICKET_SECONDS,
  forwardClaims,
  forwardTicketClaims,
  PERSON_SESSION_SECONDS,
  SESSION_SECONDS,
  sessionClaims,
} from './claims.ts';

export interface AccountIssuerPorts {
  credentials: AccountCredentials;
  /** Whether the cluster is the account's, or shared with it. */
  sees(cluster: string): boolean;
  /** The name that the account's person chose; '' for none. */
  name(): string;
  cluster(id: string): ClusterRpc;
  keys(): KeySet;
  /** Milliseconds since the epoch. */
  now(): number;
  uuid(): string;
  /** Sets the alarm to then, or clears it: {@link AccountIssuer.alarm}. */
  setAlarm(due: number | undefined): void;
}

/** Until a cluster that could not be informed is tried again. Milliseconds. */
const RETRY_MS = 60_000;

type MakeClaims = (account: string, seconds: number, issue: { jti: string; now: number }, scope?: TokenScope) => Claims;

const CLAIMS: Record<CredentialRecord['kind'], MakeClaims> = {
  token: accountClaims,
  code: codeClaims,
  session: sessionClaims,
  'forward-ticket': forwardTicketClaims,
  forward: forwardClaims,
};

export interface TokenSpec {
  account: string;
  seconds: number;
  label?: string;
  scope?: TokenScope;
}

interface Issue extends TokenSpec {
  kind: CredentialRecord['kind'];
  by: SignInMethod;
  agent?: string;
  issuer?: string;
}

interface Made extends NewSession {
  id: string;
}

/** A person counts as just signed in for this long. Milliseconds. */
const FRESH_MS = 15 * 60_000;

const OPENED = (account: string): string =>
  `account ${JSON.stringify(account)} is open already: sign in with a token of it, or reset it, which revokes all its tokens`;
const NO_SESSION = 'forwards are opened from the dashboard: use kubectl port-forward';
/** Of an account, open at once. */
const MAX_FORWARDS = 100;
const TOO_MANY_FORWARDS = `this account has ${MAX_FORWARDS} forwards open, and may have no more: close some first`;
const TOO_MANY = 'this account has too many tokens and sessions: revoke some first';

export class AccountIssuer {
  readonly #ports: AccountIssuerPorts;

  constructor(ports: AccountIssuerPorts) {
    this.#ports = ports;
  }

  /** The token of an account that is opened, for the holder of the bootstrap secret. */
  async open(account: string, reset: boolean): Promise<Result<{ token: string }>> {
    const { credentials } = this.#ports;
    if (credentials.opened) {
      if (!reset) return refuse('AlreadyExists', OPENED(account));
      credentials.revokeAll();
      await this.#informClusters();
    }
    return this.#token({ account, seconds: ACCOUNT_TOKEN_SECONDS, by: 'bootstrap' });
  }

  /** 401 for a credential that counts no longer. */
  refuses(credential: string): Result<never> | undefined {
    const { credentials, now } = this.#ports;
    return credentials.use(credential, now()) ? undefined : refuse('Unauthorized', 'Unauthorized');
  }

  /** `asking`: the credential that the list is for. */
  list(asking: string): Result<AccountCredential[]> {
    const all = this.#ports.credentials.list(this.#ports.now());
    return { ok: true, value: all.map((each) => (each.id === asking ? { ...each, current: true } : each)) };
  }

  /**
   * The session of a person who signed in. It ends by itself, and nothing but another sign-in makes a new one: what is
   * issued out of it ends with it, but for what a person who has just signed in asks for ({@link isFresh}).
   */
  async signIn(account: string, by: SignInMethod, agent: string): Promise<Result<NewSession>> {
    const made = await this.#issue({ kind: 'session', account, seconds: PERSON_SESSION_SECONDS, by, agent });
    return made ? { ok: true, value: { token: made.token, seconds: made.seconds } } : refuse('Forbidden', TOO_MANY);
  }

  /** Whether a person signed in with it just now, so that it may issue what outlives it. */
  isFresh(credential: string): boolean {
    const { credentials, now } = this.#ports;
    const found = credentials.find(credential, now());
    return found?.kind === 'session' && found.issuer === undefined && now() - found.created <= FRESH_MS;
  }

  /** Until what it asks for must end: a session ends it, unless its person has just signed in. Seconds; none for tokens. */
  secondsLeft(credential: string): number | undefined {
    const { credentials, now } = this.#ports;
    const found = credentials.find(credential, now());
    if (found?.kind !== 'session' || this.isFresh(credential)) return undefined;
    return Math.floor((found.expires - now()) / 1000);
  }

  /** The credential that ends what this one asks for: itself, unless it is that of a person who has just signed in. */
  lasting(credential: string): string | undefined {
    return this.isFresh(credential) ? undefined : credential;
  }

  /** Whether it is a session that was just begun with the account's first token, which the bootstrap secret gives. */
  isJustOpened(credential: string): boolean {
    const { credentials, now } = this.#ports;
    const found = credentials.find(credential, now());
    if (found?.kind !== 'session' || found.issuer === undefined || now() - found.created > FRESH_MS) return false;
    const issuer = credentials.find(found.issuer, now());
    return issuer?.by === 'bootstrap' && issuer.issuer === undefined;
  }

  /** Whether it is the session of a person who signed in, or of a visitor. */
  isSignIn(credential: string): boolean {
    const found = this.#ports.credentials.find(credential, this.#ports.now());
    return found?.kind === 'session' && found.issuer === undefined;
  }

  token({ issuer, ...spec }: TokenSpec & { issuer: string }): Promise<Result<{ token: string }>> {
    return this.#token({ ...spec, by: 'token', issuer: this.isFresh(issuer) ? undefined : issuer });
  }

  async code(issuer: string, account: string): Promise<Result<{ code: string }>> {
    const made = await this.#issue({ kind: 'code', account, seconds: CODE_SECONDS, by: 'code', issuer });
    return made ? { ok: true, value: { code: made.token } } : refuse('Forbidden', TOO_MANY);
  }

  /** A session for a code, which works once. It ends with the token that the code was made with. */
  async redeem(account: string, code: string, agent: string): Promise<NewSession | undefined> {
    const taken = this.#ports.credentials.takeCode(code, this.#ports.now());
    const spec = { kind: 'session', account, seconds: SESSION_SECONDS, by: 'code', agent } as const;
    return taken && this.#issue({ ...spec, issuer: taken.issuer });
  }

  /** The ticket of a forward, for a session. The forward ends with it. */
  async forwardTicket(issuer: string, spec: Pick<TokenSpec, 'account' | 'scope'>): Promise<Result<{ ticket: string }>> {
    const { credentials, now } = this.#ports;
    if (credentials.find(issuer, now())?.kind !== 'session') return refuse('Forbidden', NO_SESSION);
    if (credentials.forwards(now()).length >= MAX_FORWARDS) return refuse('Forbidden', TOO_MANY_FORWARDS);
    const seconds = FORWARD_TICKET_SECONDS;
    const made = await this.#issue({ kind: 'forward-ticket', by: 'code', seconds, issuer, ...spec });
    return made ? { ok: true, value: { ticket: made.token } } : refuse('Forbidden', TOO_MANY);
  }

  /** A forward for its ticket, which works once. It takes the place of the one that the session had of the same port. */
  async redeemForward(account: string, ticket: string): Promise<NewSession | undefined> {
    const { credentials, now } = this.#ports;
    const taken = credentials.takeCode(ticket, now(), 'forward-ticket');
    if (!taken) return undefined;
    const { issuer, scope } = taken;
    const before = credentials
      .forwards(now())
      .filter((each) => each.issuer === issuer && JSON.stringify(each.scope) === JSON.stringify(scope));
    const made = await this.#issue({ kind: 'forward', by: 'code', account, seconds: FORWARD_SECONDS, issuer, scope });
    for (const { jti } of before) credentials.revoke(jti);
    await this.#informClusters();
    return made && { token: made.token, seconds: made.seconds };
  }

  /** The open forwards, newest first. */
  forwards(): CredentialRecord[] {
    return this.#ports.credentials.forwards(this.#ports.now());
  }

  async closeForward(id: string): Promise<Result<CredentialRecord>> {
    const { credentials, now } = this.#ports;
    const found = credentials.forwards(now()).find(({ jti }) => jti === id);
    if (found) credentials.revoke(id);
    await this.#informClusters();
    return found ? { ok: true, value: found } : refuse('NotFound', `forwards ${JSON.stringify(id)} not found`);
  }

  /** Keeps what a person allows a device, until the device asks. `issuer`: the token ends with it. */
  async approve(spec: Omit<TokenSpec, 'seconds'> & { issuer?: string }): Promise<Result<{ approval: string }>> {
    const made = await this.#issue({ kind: 'code', seconds: CODE_SECONDS, by: 'device', ...spec });
    return made ? { ok: true, value: { approval: made.id } } : refuse('Forbidden', TOO_MANY);
  }

  /** The token for an approval, which works once. */
  async redeemApproval(account: string, approval: string, seconds: number): Promise<NewSession | undefined> {
    const { credentials, now } = this.#ports;
    const taken =
      credentials.find(approval, now())?.by === 'device' ? credentials.takeCode(approval, now()) : undefined;
    if (!taken) return undefined;
    const { label, scope, issuer } = taken;
    return this.#issue({ kind: 'token', account, seconds, by: 'device', label, scope, issuer });
  }

  /** The credential that made this one. */
  issuerOf(credential: string): string | undefined {
    return this.#ports.credentials.find(credential, this.#ports.now())?.issuer;
  }

  /** Ends a session that another has taken the place of. What was issued out of it would end with it: then it stays. */
  async endReplaced(session: string): Promise<void> {
    const all = this.#ports.credentials.list(this.#ports.now());
    const isFree = !all.some(({ issuer }) => issuer === session);
    if (isFree && all.some(({ id, kind }) => id === session && kind === 'session')) await this.revoke(session);
  }

  async revoke(id: string): Promise<Result<AccountCredential>> {
    const { credentials, now } = this.#ports;
    const found = credentials.list(now()).find((each) => each.id === id);
    if (found) credentials.revoke(id);
    // Clusters that an earlier revocation did not reach are informed as well.
    await this.#informClusters();
    return found ? { ok: true, value: found } : refuse('NotFound', `tokens ${JSON.stringify(id)} not found`);
  }

  admits(credential: string, cluster: string): Admission {
    const { credentials, sees, name, now } = this.#ports;
    const found = credentials.use(credential, now());
    if (!found) return 'revoked';
    if (!sees(cluster) || (found.scope?.cluster ?? cluster) !== cluster) return 'no such cluster';
    credentials.reached(credential, cluster, found.expires);
    return { name: name() };
  }

  /** Informs the clusters that could not be reached, or were not yet when this object ended. */
  alarm(): Promise<void> {
    return this.#informClusters();
  }

  /** Throws when a cluster could not be reached: the alarm, which is set before it is tried, informs it. */
  async #informClusters(): Promise<void> {
    const { credentials, cluster, sees, now, setAlarm } = this.#ports;
    const unaware = credentials.unaware();
    if (unaware.length === 0) return;
    setAlarm(now() + RETRY_MS);
    const byCluster = Map.groupBy(unaware, (row) => row.cluster);
    const informing = Array.from(byCluster, async ([id, rows]) => {
      if (sees(id)) await cluster(id).refuseTokens(rows.map(({ jti, expires }) => ({ id: jti, expires })));
      for (const { jti } of rows) credentials.markAware(jti, id);
    });
    await Promise.all(informing);
    if (credentials.unaware().length === 0) setAlarm(undefined);
  }

  async #token(spec: Omit<Issue, 'kind'>): Promise<Result<{ token: string }>> {
    const made = await this.#issue({ kind: 'token', ...spec });
    return made ? { ok: true, value: { token: made.token } } : refuse('Forbidden', TOO_MANY);
  }

  /** undefined when there are too many, or the issuer counts no longer. A credential never outlives its issuer. */
  async #issue({ kind, account, seconds, issuer, scope, ...more }: Issue): Promise<Made | undefined> {
    const { credentials, keys, now, uuid } = this.#ports;
    const at = now();
    const parent = issuer === undefined ? undefined : credentials.find(issuer, at);
    if (issuer !== undefined && !parent) return undefined;
    // A credential has no wider a scope than its issuer, and a session has none: it is for its whole account.
    if (parent?.scope && kind !== 'token') return undefined;
    const granted = parent?.scope ?? scope;
    const left = parent ? Math.floor((parent.expires - at) / 1000) : seconds;
    const lasts = Math.min(seconds, left);
    const claims = CLAIMS[kind](account, lasts, { jti: uuid(), now: at }, granted);
    const record = { jti: claims.jti, kind, created: at, expires: claims.exp * 1000, issuer, scope: granted, ...more };
    if (!credentials.add(record)) return undefined;
    return { id: claims.jti, token: await keys().sign(claims), seconds: lasts };
  }
}
