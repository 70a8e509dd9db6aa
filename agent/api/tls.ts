/** Trust on first use is not enough: a join token names the CA that the server's certificate chain must hold. */
import { createHash, X509Certificate } from 'node:crypto';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { Silence } from './client.ts';

/** `64 hexadecimal digits`, lower case, of a pin written as such or as `sha256:…`. Undefined when it is neither. */
export function parsePin(text: string): string | undefined {
  const hex = text.toLowerCase().replace(/^sha256:/, '');
  return /^[0-9a-f]{64}$/.test(hex) ? hex : undefined;
}

/** Is this certificate the pinned one: by its own SHA-256, or by its public key's, as kubeadm pins. */
function matchesPin(certificate: X509Certificate, pin: string): boolean {
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return sha256(certificate.raw) === pin || sha256(key) === pin;
}

const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('hex');

/**
 * The pinned certificate as PEM, out of the chain that the server presents. Nothing is sent to the server meanwhile,
 * and from then on only what this certificate has signed is trusted.
 */
export async function fetchPinnedCA(server: URL, pin: string): Promise<string> {
  const chain = await presentedChain(server);
  const pinned = chain.find((certificate) => matchesPin(certificate, pin));
  if (pinned) return pinned.toString();
  throw new Error(
    `the server at ${server.host} does not show the CA that the join token names: ` +
      'the token is of another service, or another server answers in its place',
  );
}

function presentedChain(server: URL): Promise<X509Certificate[]> {
  return new Promise((resolve, reject) => {
    const host = server.hostname.replace(/^\[|\]$/g, '');
    const servername = /^[\d.]+$|:/.test(host) ? undefined : host;
    const socket = connect({ host, port: Number(server.port || 443), servername, rejectUnauthorized: false });
    socket.setTimeout(10_000, () => socket.destroy(new Silence(`${server.host} does not answer`)));
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      const chain: X509Certificate[] = [];
      const seen = new Set<string>();
      let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
      while (next?.raw && !seen.has(next.fingerprint256)) {
        seen.add(next.fingerprint256);
        chain.push(new X509Certificate(next.raw));
        next = next.issuerCertificate;
      }
      socket.destroy();
      resolve(chain);
    });
  });
}
