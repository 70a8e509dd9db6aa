/**
 * A request as the pipeline sees it, and what it can answer. No fetch types: creating Request, Headers and URL objects
 * on hot paths costs garbage collections (reference figures in docs/decisions), and controllers call in directly.
 */
import type { Cause } from '../../kube/machinery/cause.ts';
import type { Status } from '../../kube/machinery/status.ts';
import type { TokenUse } from '../../wire/identity.ts';
import type { ProxiedRequest, StreamSpec } from '../../wire/stream.ts';
import type { WatchRequest } from '../store/watch-hub.ts';

/** The user of a request, after authentication (authentication.k8s.io/v1 UserInfo). */
export interface UserInfo {
  name: string;
  uid?: string;
  groups: readonly string[];
  extra?: Readonly<Record<string, readonly string[]>>;
}

/** The token of a request. Watches and streams that it opens end with it. */
export interface Credential {
  /** The token's `jti`. */
  id: string;
  use: TokenUse;
  /** Milliseconds since the epoch. */
  expires: number;
  /** The node of a node's token. */
  node?: string;
  /** For the `Warning` header of each answer. */
  warning?: string;
}

export interface ApiRequest {
  method: string;
  /** Beneath the cluster, still percent-encoded: `/api/v1/namespaces/default/pods`. */
  path: string;
  /** Without the `?`; '' when there is none. */
  query: string;
  /** A header by its lower-case name. */
  header(name: string): string | undefined;
  /** Text; undefined when there is no body. Bodies over the limit are refused before they get here. */
  body?: string;
  user: UserInfo;
  /** Absent from requests of the cluster's own parts. */
  credential?: Credential;
  /** The revision whose state is asked for (`past.ts`); the present one when left out. */
  at?: number;
  /** Set by controllers and the scheduler, whose writes have a cause of their own. */
  cause?: Cause;
}

export interface ApiResponse {
  type: 'response';
  status: number;
  headers: Record<string, string>;
  /** Text, or pieces of it, made as they are pulled. After an empty piece, other requests should have their turn. */
  body: string | Iterable<string>;
  /** Each character of the body stands for a byte. */
  isBytes?: true;
}

/**
 * The request was a watch, authorised and well formed: the holder of the socket subscribes it (`store/watch-hub.ts`).
 */
export interface WatchAnswer {
  type: 'watch';
  watch: WatchSpec;
  /** Headers of the HTTP answer that the edge makes of the watch. */
  headers: Record<string, string>;
  /** The format of the client, where it isn't JSON: the edge makes it of the socket's JSON. */
  format?: 'protobuf';
  /**
   * The error for a watch that begins with the initial state at a revision that is still to come; without an initial
   * state, upstream waits for the revision.
   */
  tooLarge?: Status;
  /**
   * To be called once, when the initial state was sent or the watch does not begin: until then it holds a seat
   * (`flow-control/`).
   */
  begun?(): void;
}

/** exec, attach, port-forward, logs or a proxied request, authorised: bytes take their own road (`streams/`). */
export interface StreamAnswer {
  type: 'stream';
  stream: StreamSpec;
  /** Of a stream of the kind `http`. */
  http?: ProxiedRequest;
  /** The request's body, where the edge is to pass it on: it has sent it here. */
  body?: string;
}

/** A socket for many subscriptions, each of which is authorised when it begins, as this user. */
export interface SocketAnswer {
  type: 'socket';
  user: UserInfo;
}

export type ApiAnswer = ApiResponse | WatchAnswer | StreamAnswer | SocketAnswer;

/** Answers requests. The API server is one, and its own parts send their requests to it. */
export interface RequestHandler {
  /** Never throws: every failure is a Status. */
  handle(request: ApiRequest): Promise<ApiAnswer>;
}

export interface WatchSpec extends WatchRequest {
  timeoutSeconds?: number;
}
