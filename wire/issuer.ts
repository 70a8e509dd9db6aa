/**
 * The issuer of a cluster's service account tokens (docs/decisions/2026-11-26-service-account-tokens.md): its URL, one
 * for all who ask where the deployment says its address, else the one that is asked.
 */
export interface Addresses {
  /** `https://islet.example`: clusters are beneath it, whatever address a client uses. */
  ISLET_URL?: string;
  /** Clusters are also served at `{id}.{domain}`. */
  ISLET_DOMAIN?: string;
}

export function issuerOf(
  { ISLET_URL: url, ISLET_DOMAIN: domain }: Addresses,
  asked: { secure: boolean; host: string },
  id: string,
): string {
  if (url) return `${url.replace(/\/+$/, '')}/clusters/${id}`;
  if (domain) return `https://${id}.${domain}`;
  return `${asked.secure ? 'https' : 'http'}://${asked.host}/clusters/${id}`;
}
