/**
 * The authorities of $NODE_EXTRA_CA_CERTS, where a service's certificate is of one of them: kubectl does not read that
 * variable, so kubeconfigs have to name them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:tls';

const MS = 10_000;

/** PEM; undefined where the system's roots vouch for the server, or the file cannot be read. */
export async function extraAuthority(
  server: string,
  file = process.env.NODE_EXTRA_CA_CERTS,
): Promise<string | undefined> {
  const { protocol, hostname, port } = new URL(server);
  if (!file || protocol !== 'https:' || !existsSync(file)) return undefined;
  const ca = readFileSync(file, 'utf8');
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port || 443), ca, timeout: MS }, () => settle(ca));
    const settle = (found?: string): void => {
      socket.destroy();
      resolve(found);
    };
    socket.on('error', () => settle()).on('timeout', () => settle());
  });
}
