/** Errors of the way to a server, with what to look at. */
import { reasonOf } from './client.ts';

const NETWORK: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** Errors of the network and of TLS say what to look at; others are left as they are. */
export function unreachable({ origin, hostname }: URL, error: Error): Error {
  const cause = (error.cause ?? error) as NodeJS.ErrnoException;
  const { code = '' } = cause;
  if (NETWORK.has(code)) {
    return new Error(
      `${origin} cannot be reached (${reasonOf(cause)}): is Islet running there, and can this machine reach it?`,
    );
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return new Error(`${origin} does not speak TLS: is this the port of the API, and not that of the dashboard?`);
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return new Error(`the certificate of ${origin} does not name ${hostname}: pass --server with a name that it has`);
  }
  if (/SELF_SIGNED_CERT|UNABLE_TO_(VERIFY|GET_ISSUER)/.test(code)) {
    return new Error(
      `the certificate of ${origin} is of an authority unknown here: NODE_EXTRA_CA_CERTS=FILE makes one known`,
    );
  }
  return error;
}
