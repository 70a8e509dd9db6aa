/** The ports of the hub: sockets, requests, matchers, and the printing of events. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Entry } from '../store.ts';

/** One socket. */
export interface Peer {
  /** Stays the same while the object hibernates (a tag of the socket). */
  readonly id: string;
  /** May throw when the socket is closed. */
  send(frame: string): void;
  close(code: number, reason: string): void;
  /** The last value given to {@link Peer.remember}, in this life of the object or an earlier one. */
  readonly unacknowledged?: number;
  /** Keeps a count with the socket while the object hibernates. Called once a frame: it must cost little. */
  remember?(unacknowledged: number): void;
}

/** The version of meta.k8s.io that the client asks for, where it is not v1. */
type OldMeta = 'v1beta1';

/** One watch as plain data, kept in a table while the object sleeps. The API server's `WatchSpec` is one. */
export interface WatchRequest {
  /** `pods/` or `pods/default/` or a whole key. */
  prefix: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** Deliver entries after this revision; left out: first the state as it is, as ADDED events. */
  after?: number;
  /** First the state as it is, then a bookmark annotated `k8s.io/initial-events-end` (KEP-3157). */
  initialEvents?: boolean;
  bookmarks: boolean;
  as:
    | { type: 'object' }
    | { type: 'metadata'; version?: OldMeta }
    | { type: 'table'; includeObject: 'None' | 'Metadata' | 'Object'; version?: OldMeta };
  apiVersion: string;
  kind: string;
}

/** The selectors of one request, compiled. */
export interface Matcher {
  matches(object: KubeObject): boolean;
  /** A cheap look at the stored text, before it is parsed; false: it cannot match. */
  mayMatch?(text: string): boolean;
}

/** undefined: the request has no selectors. */
export type MatcherFactory = (request: WatchRequest) => Matcher | undefined;

/** Objects of some kinds are stored in versions that others have to convert. */
export interface WatchConversion {
  /** Whether that is so for the kind of a request. */
  isRemote(request: WatchRequest): boolean;
  /** The texts in the request's version, in order. Rejects where one cannot be converted, with words for its watchers. */
  convert(request: WatchRequest, stored: readonly Pick<Entry, 'revision' | 'text'>[]): Promise<readonly string[]>;
}

export type EventType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** Prints `metav1.WatchEvent`s: one line of JSON each, without the newline. */
export interface Renderer {
  /**
   * `text` is the stored object. Must give the same for two requests with the same `as`, `apiVersion` and `kind`.
   * `first`: nothing was sent on this subscription before, so a table needs its column definitions.
   */
  event(type: EventType, text: string, request: WatchRequest, first: boolean): string;
  bookmark(request: WatchRequest, revision: number, initialEventsEnd: boolean, first?: boolean): string;
  /** The ERROR event `too old resource version: <after> (<oldest>)`, reason Expired, code 410. */
  expired(request: WatchRequest, after: number, oldest: number): string;
  /** The ERROR event of something that is stored and cannot be opened, or converted: reason InternalError, code 500. */
  unreadable(request: WatchRequest, message: string): string;
}

/** Counts events that one subscription was sent: their code units, with the newline. */
export type Sent = (request: WatchRequest, sizes: readonly number[]) => void;
