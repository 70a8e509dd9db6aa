/**
 * The way of the bytes of exec, attach, port-forward and logs.
 *
 * 1. The pipeline authorises and answers a {@link StreamSpec}. The cluster object introduces: it makes a session id and
 *    a one-time ticket (a short-lived token), tells the node's agent over its socket (`open-stream`), and answers the
 *    Worker an otherwise empty 200 whose header {@link INTRODUCTION_HEADER} is an {@link Introduction} as JSON.
 *    Failures are plain Status answers.
 * 2. The Worker asks the `StreamSession` object named `{cluster}/{session}` for a WebSocket:
 *    `GET http://session/client` with `Upgrade: websocket` and that same header. For exec, attach and port-forward it
 *    returns the 101 as it is. For logs it accepts the socket itself and turns it into a chunked body
 *    (`stream-reader.ts`).
 * 3. The agent dials `GET /clusters/{id}/islet/v1/streams/{session}?ticket=…` with {@link AGENT_STREAM_SUBPROTOCOL};
 *    the Worker checks that the ticket is this node's, and passes it on as `GET http://session/agent?ticket=…`.
 * 4. The session answers both with the two ends of one socket pair, and the runtime pumps between them: no JavaScript
 *    sees a byte, nothing is buffered, and a slow reader stops the writer at its own TCP connection.
 *
 * So agent and client speak with each other:
 * - exec, attach: `v5.channel.k8s.io` or `v4.channel.k8s.io` (binary frames: a channel byte, then data; in v5
 *   `[255, channel]` closes a channel). The agent's errors and exit codes are a Status on channel 3.
 * - port-forward: `SPDY/3.1+portforward.k8s.io`: SPDY bytes in binary frames.
 * - logs: {@link LOG_SUBPROTOCOL}: binary frames are log bytes, text frames are {@link StreamControl}. The Worker's end
 *   has no way to stop reading, so the agent sends at most {@link STREAM_WINDOW} bytes beyond what was acknowledged.
 *   A client that asks over a WebSocket gets the pair's own end, in one of the protocols of `log-protocol.ts`.
 * - http: {@link HTTP_SUBPROTOCOL}: one HTTP request and its answer (`http-call.ts`). The agent connects, and checks the
 *   certificate. Its client is the Worker, or the cluster object where that asks by itself (webhooks).
 */

/** Beneath a cluster; the session's id follows. */
export const STREAMS_PATH = '/islet/v1/streams/';
/** The agent's end is always called this: some of the clients' names are no valid subprotocols. */
export const AGENT_STREAM_SUBPROTOCOL = 'islet.stream.v1';
export const LOG_SUBPROTOCOL = 'islet.logs.v1';
export const HTTP_SUBPROTOCOL = 'islet.http.v1';
export const PORT_FORWARD_SUBPROTOCOL = 'SPDY/3.1+portforward.k8s.io';
/** Best first. */
export const EXEC_SUBPROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const;
export const STREAM_WINDOW = 1024 * 1024;
export const STREAM_CREDIT_STEP = 128 * 1024;
/** A session whose other end has not come by then fails. Milliseconds. */
export const STREAM_MEET_TIMEOUT = 15_000;
/** The time for which a ticket counts: a little longer than a session waits. */
export const TICKET_SECONDS = 30;

export const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

export const INTRODUCTION_HEADER = 'islet-stream';
/** Of a session's object, for its cluster alone: both its sockets break. */
export const CUT_PATH = '/cut';

/**
 * On an agent's request for its socket: the public part of a P-256 key of its own, as SPKI in base64. The certificates
 * that it shows to aggregated APIs are issued for that key.
 */
export const AGENT_KEY_HEADER = 'islet-agent-key';
/** 91 bytes, of which the first 27 say that a point of P-256 follows. */
const AGENT_KEY = /^MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE[0-9A-Za-z+/]{86}==$/;

export const isAgentKey = (text: string): boolean => AGENT_KEY.test(text);

/** On a client's request for a WebSocket: the headers that go on to the server, as JSON of pairs. */
export const PROXIED_HEADERS = 'islet-proxied-headers';

/**
 * On the object's answer to a request that follows a simulated container's log: a {@link SimulatedLog} as JSON. The
 * answer is a watch of the pod alone, of which the Worker makes the log (`worker/simulated-log.ts`).
 */
export const SIMULATED_LOG_HEADER = 'islet-simulated-log';

export interface SimulatedLog {
  container: string;
  options: LogOptions;
}

export interface Introduction {
  session: string;
  ticket: string;
  kind: StreamSpec['kind'];
  /** The protocol of both ends, and the client's WebSocket subprotocol. */
  protocol: string;
  /** Of the kind `http`: the request that the Worker makes of its client's. */
  http?: ProxiedRequest;
}

/** A client's request that is passed on to another server, as the cluster object describes it. */
export interface ProxiedRequest {
  /** With its query. */
  path: string;
  /** Lower-case names; in place of those that the client sent. */
  headers: Readonly<Record<string, string | readonly string[]>>;
  /** The path that the server's own addresses begin with for the client: links and redirects are turned into it. */
  prefix?: string;
  /** The server's own address with its port, by which its links may name it. */
  address?: string;
  /** The server is an aggregated API, which is told the user: no client may do that, and no answer leads elsewhere. */
  isFrontProxy?: true;
  /** The node whose agent calls an aggregated API: an answer names it where that API cannot be reached. */
  node?: string;
  /** Headers of the answer, where the server gives none of their names. Lower-case names. */
  answerHeaders?: Record<string, string>;
}

/** On the object's answer to the Worker: it is a {@link DirectCall}, and no agent is asked. */
export const DIRECT_HEADER = 'islet-direct';

/** A request that the Worker itself passes on. */
export interface DirectCall {
  road: 'launcher' | 'fetch';
  target: HttpTarget;
  http: ProxiedRequest;
  /** The request's, where it has one. */
  body?: string;
  /** The milliseconds for which the client's token counts. */
  milliseconds: number;
  /** Whether the client asks for a WebSocket. */
  isUpgrade?: true;
}

/** Text frames of a stream of logs or HTTP. */
export type StreamControl =
  /** To the side that sends: this many bytes were handed on. */
  | { type: 'credit'; bytes: number }
  /** Agent → client, first: bytes follow, of a log or of the answer with this head. */
  | { type: 'start'; head?: HttpAnswerHead }
  /** Client → agent, first, in HTTP alone. The body follows in binary frames. */
  | ({ type: 'request' } & HttpRequestHead)
  /** Client → agent: the request's body ends here. */
  | { type: 'end' }
  /** Agent or session → client: could not start, or broke off. `status` is a metav1.Status. */
  | { type: 'fail'; status: unknown };

export interface HttpRequestHead {
  method: string;
  /** With its query. */
  path: string;
  headers: readonly (readonly [string, string])[];
}

export interface HttpAnswerHead {
  status: number;
  /** A name may come more than once. */
  headers: readonly (readonly [string, string])[];
}

/** The server that an agent calls. */
export interface HttpTarget {
  /** An address, or a name that the agent's machine resolves. */
  host: string;
  port: number;
  /** Plain HTTP when left out. */
  tls?: HttpTls;
}

export interface HttpTls {
  /** The name that the certificate must have; the host when left out. */
  serverName?: string;
  /** PEM of the authorities that may have signed the certificate; the system's when left out. */
  caBundle?: string;
  /** The certificate is not checked. */
  insecure?: boolean;
  /** The client certificate, in PEM. Without `key` it was issued for the agent's own. */
  client?: { cert: string; key?: string };
}

/** A stream that an agent shall serve, as the pipeline answers it. */
export type StreamSpec =
  | {
      kind: 'logs';
      node: string;
      namespace: string;
      pod: string;
      podUID: string;
      container: string;
      options: LogOptions;
    }
  | {
      kind: 'exec' | 'attach';
      node: string;
      namespace: string;
      pod: string;
      podUID: string;
      container: string;
      command: readonly string[];
      stdin: boolean;
      stdout: boolean;
      stderr: boolean;
      tty: boolean;
    }
  | { kind: 'port-forward'; node: string; namespace: string; pod: string; podUID: string; ports: readonly number[] }
  /**
   * The request and its answer end after so many milliseconds, unless it may last. With `upgrade`, the request is this
   * one for a WebSocket, and the client has the other end of the pair, as one of exec.
   */
  | { kind: 'http'; node: string; target: HttpTarget; timeoutMs?: number; upgrade?: HttpRequestHead };

/** Whether a stream lasts, and counts from its beginning; others count once they have lasted {@link LASTING_MS}. */
export function countsAtOnce(spec: StreamSpec): boolean {
  if (spec.kind === 'http') return spec.upgrade !== undefined;
  return spec.kind === 'logs' ? spec.options.follow : true;
}

export const LASTING_MS = 60_000;

/** corev1 PodLogOptions. */
export interface LogOptions {
  follow: boolean;
  previous: boolean;
  timestamps: boolean;
  tailLines?: number;
  limitBytes?: number;
  sinceSeconds?: number;
  sinceTime?: string;
}

/** The `stream` field of `open-stream`. */
export interface OpenStream {
  spec: StreamSpec;
  protocol: string;
}
