/**
 * The client certificate that the cluster shows to aggregated APIs (docs/decisions/2026-11-27-the-front-proxys-key.md).
 */
import { FRONT_PROXY_CLIENT } from '../apiserver/aggregation/authentication.ts';
import { type ClientCertificate, OutboundError } from '../apiserver/outbound.ts';
import type { CertificateAuthority } from '../controllers/certificates/authority.ts';
import type { Connections } from './nodes.ts';

export function frontProxyClient(
  authority: Pick<CertificateAuthority, 'clientPair' | 'clientCertificate'>,
  agents: Pick<Connections, 'clientKey'>,
): ClientCertificate {
  return async (node) => {
    if (node === undefined) return authority.clientPair(FRONT_PROXY_CLIENT);
    const key = agents.clientKey?.(node);
    if (key === undefined) {
      throw new OutboundError(`the agent of node ${node} has told no key for its certificate: update it`);
    }
    return { cert: await authority.clientCertificate(FRONT_PROXY_CLIENT, key) };
  };
}
