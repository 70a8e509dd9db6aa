/**
 * Watches, sockets and streams stay open for as long as they like, but never longer than the token that opened them:
 * they end when it expires, by a timer row that survives the object's sleep, and when it is revoked. Each kind of
 * long-lived thing has one closer here.
 */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { keyPrefix } from '../../kube/machinery/resource.ts';
import { uidsOfCredential } from '../apiserver/authn/service-account-tokens.ts';
import type { Credential } from '../apiserver/request.ts';
import type { TimerPort } from '../controllers/runtime/ports.ts';
import type { Store } from '../store/store.ts';

export const CREDENTIAL_TIMER = 'credential/';
export const EXPIRED = 'the token has expired';
export const REVOKED = 'the token was revoked';
export const INVALIDATED = 'the object that the token was bound to is gone';

export interface LifetimePorts {
  /** Timer rows whose ids begin with {@link CREDENTIAL_TIMER}. */
  timers: TimerPort;
  /** Ids of those rows. */
  timerIds(): Iterable<string>;
  now(): number;
  isRevoked(id: string): boolean;
  /** Ends sockets, watches and streams of this token. */
  close(id: string, reason: string): void;
}

/** Ids of tokens whose timer is known to be set; beyond this many they are looked up again. */
const MAX_KNOWN = 10_000;
const BATCH = 1000;
/** The payload of a row whose token has ended before its time. */
const ENDED = 'ended';

export class CredentialLifetime {
  readonly #ports: LifetimePorts;
  readonly #known = new Set<string>();
  /** Tokens that opened something, by the uids of the objects that they end with. Read from the rows after a wake. */
  #byUid: Map<string, Set<string>> | undefined;

  constructor(ports: LifetimePorts) {
    this.#ports = ports;
  }

  /** The reason why a token counts no longer; undefined while it does. */
  ended({ id, expires }: Credential): string | undefined {
    if (this.#ports.isRevoked(id)) return REVOKED;
    return expires <= this.#ports.now() ? EXPIRED : undefined;
  }

  /** To be called when a watch, socket or stream was opened with this token. */
  opened({ id, expires }: Credential): void {
    if (this.#known.has(id)) return;
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#ports.timers.set(CREDENTIAL_TIMER + id, expires);
    this.#known.add(id);
    if (this.#byUid) addTo(this.#byUid, id);
  }

  /** An object is gone, and with it the tokens of service accounts that were bound to it. */
  objectDeleted(uid: string): void {
    for (const id of this.#tokensByUid().get(uid) ?? []) this.#end(id, INVALIDATED);
  }

  /** Whether any token was opened that ends with an object. */
  get followsObjects(): boolean {
    return this.#tokensByUid().size > 0;
  }

  revoked(id: string): void {
    this.#end(id, REVOKED);
  }

  /** Tokens that ended before their time: an agent that was away then still holds their streams. */
  *endedEarly(): Generator<string> {
    const { timers, timerIds } = this.#ports;
    for (const row of timerIds()) if (timers.get(row)?.payload === ENDED) yield row.slice(CREDENTIAL_TIMER.length);
  }

  alarm(now: number): void {
    for (const { id, payload } of this.#ports.timers.takeDue(now, BATCH)) {
      const token = id.slice(CREDENTIAL_TIMER.length);
      this.#forget(token);
      if (payload !== ENDED) this.#ports.close(token, EXPIRED);
    }
  }

  #end(id: string, reason: string): void {
    this.#forget(id);
    const { timers, close } = this.#ports;
    const row = timers.get(CREDENTIAL_TIMER + id);
    if (row) timers.set(CREDENTIAL_TIMER + id, row.due, ENDED);
    close(id, reason);
  }

  #forget(id: string): void {
    this.#known.delete(id);
    for (const uid of uidsOfCredential(id)) {
      const tokens = this.#byUid?.get(uid);
      tokens?.delete(id);
      if (tokens?.size === 0) this.#byUid?.delete(uid);
    }
  }

  #tokensByUid(): Map<string, Set<string>> {
    if (!this.#byUid) {
      this.#byUid = new Map();
      const { timers, timerIds } = this.#ports;
      for (const id of timerIds()) {
        if (timers.get(id)?.payload !== ENDED) addTo(this.#byUid, id.slice(CREDENTIAL_TIMER.length));
      }
    }
    return this.#byUid;
  }
}

/** Resources whose objects tokens are bound to. */
const BOUND_TO = ['pods', 'serviceaccounts', 'secrets', 'nodes'].map((resource) => keyPrefix(resource));

/** Ends what tokens opened with the objects that these are bound to. */
export function endWithObjects(store: Pick<Store, 'onCommit'>, credentials: CredentialLifetime): void {
  store.onCommit((entries) => {
    for (const { key, change, text } of entries) {
      if (change !== 'delete' || !BOUND_TO.some((prefix) => key.startsWith(prefix))) continue;
      if (!credentials.followsObjects) return;
      credentials.objectDeleted((JSON.parse(text) as KubeObject).metadata.uid ?? '');
    }
  });
}

function addTo(byUid: Map<string, Set<string>>, id: string): void {
  for (const uid of uidsOfCredential(id)) {
    const tokens = byUid.get(uid) ?? new Set();
    byUid.set(uid, tokens.add(id));
  }
}
