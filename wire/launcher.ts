/**
 * Requests of a cluster to the local launcher, a process beside workerd, which calls servers on this machine or its
 * network and trusts the authorities that the caller names: workerd can do neither by itself.
 */
import type { HttpAnswerHead, HttpTarget } from './stream.ts';

export const LAUNCHER_PATH = '/call';

export interface LauncherRequest {
  url: string;
  /** PEM; the system's authorities when left out. */
  caBundle?: string;
  /** The name that the certificate must have; the host of the URL when left out. */
  serverName?: string;
  /** The certificate is not checked. */
  insecure?: boolean;
  /** PEM: shows the server on whose behalf the call is made. */
  client?: { cert: string; key?: string };
  method: string;
  headers: Readonly<Record<string, string | readonly string[]>>;
  body?: string;
  timeoutMs: number;
  /** A longer answer is an error. Bytes. */
  maxBytes: number;
}

export type LauncherAnswer =
  | { ok: true; status: number; headers: Record<string, string>; body: string }
  /** No answer came; the words of Go's client where it has some. */
  | { ok: false; message: string };

/** Calls whose answers are passed on as they come: in the head of the answer, {@link LauncherHead} as JSON. */
export const LAUNCHER_STREAM_PATH = '/stream';
export const LAUNCHER_HEAD = 'islet-head';

export interface LauncherStreamRequest {
  target: HttpTarget;
  method: string;
  path: string;
  headers: readonly (readonly [string, string])[];
  /** Base64. */
  body?: string;
}

/**
 * WebSockets: the request has the header {@link LAUNCHER_ASK}; where none is opened, the answer is as that of {@link
 * LAUNCHER_STREAM_PATH}.
 */
export const LAUNCHER_SOCKET_PATH = '/socket';
/** {@link LauncherSocketRequest} as JSON. */
export const LAUNCHER_ASK = 'islet-ask';

export interface LauncherSocketRequest {
  target: HttpTarget;
  path: string;
  headers: readonly (readonly [string, string])[];
  protocols: readonly string[];
  /** The time after which the socket ends. */
  milliseconds: number;
}

export type LauncherHead = { ok: true; head: HttpAnswerHead } | { ok: false; message: string };
