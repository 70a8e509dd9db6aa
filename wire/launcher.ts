/**
 * What a cluster asks of the local launcher, a process beside workerd: to call a server on this machine or its network
 * and to trust the authorities that the caller names, neither of which workerd can do by itself.
 */
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
  client?: { cert: string; key: string };
  method: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
  timeoutMs: number;
  /** A longer answer is an error. Bytes. */
  maxBytes: number;
}

export type LauncherAnswer =
  | { ok: true; status: number; headers: Record<string, string>; body: string }
  /** No answer came; the words of Go's client where it has some. */
  | { ok: false; message: string };
