/** The bindings of the Worker and its objects: from wrangler.toml, or from the generated local configuration. */
import type {
  Request as CfRequest,
  Response as CfResponse,
  DurableObjectNamespace,
  Fetcher,
} from '@cloudflare/workers-types';

export type EdgeRequest = CfRequest;
export type EdgeResponse = CfResponse;

export interface Env {
  CLUSTER: DurableObjectNamespace;
  ACCOUNT: DurableObjectNamespace;
  STREAM_SESSION: DurableObjectNamespace;
  IDENTITY: DurableObjectNamespace;
  ADDRESS: DurableObjectNamespace;
  DEVICE_GRANT: DurableObjectNamespace;
  /** Static files: the dashboard, and OpenAPI documents under `openapi/`. */
  ASSETS?: Fetcher;
  /** The local launcher, where the service runs on a machine of its user, and the secret that it takes calls with. */
  LAUNCHER?: Fetcher;
  ISLET_LAUNCHER_SECRET?: string;
  /** Private JWK or JWKS (ES256) as JSON: signs and verifies every token of this service. A secret. */
  ISLET_SIGNING_KEY?: string;
  /** SHA-256, in hex, of the secret that opens accounts. Without it no cluster can be created. */
  ISLET_BOOTSTRAP_SECRET?: string;
  /** PEM of the roots that the service's certificate comes from, where Cloudflare's will not do: `kube-root-ca.crt`. */
  ISLET_CA?: string;
  /** Where the dashboard has another address than the API: the API's, and the SHA-256 of its root, which join tokens pin. */
  ISLET_API_SERVER?: string;
  ISLET_API_CA?: string;
  /** 32 bytes in base64: Secrets are encrypted at rest with it. A secret; without it they are stored as they are. */
  ISLET_SEALING_KEY?: string;
  /** `true`: people may begin without signing in. */
  ISLET_VISITORS?: string;
  /** Limits of accounts by their kind: docs/limits.md. */
  ISLET_QUOTA_VISITOR?: string;
  ISLET_QUOTA_PERSON?: string;
  ISLET_QUOTA_BOOTSTRAP?: string;
  /** Days that the account of a visitor lasts after its last use, and how many may come from one address. */
  ISLET_VISITOR_DAYS?: string;
  ISLET_VISITORS_PER_HOUR?: string;
  ISLET_VISITORS_AT_ONCE?: string;
  /** The header in which the proxy before this service gives the client's address; none is believed without it. */
  ISLET_ADDRESS_HEADER?: string;
  /** `true`: people may begin an account with a passkey; so they may where visitors are taken. */
  ISLET_SIGN_UP?: string;
  /** JSON list of OpenID Connect providers: docs/accounts.md. A secret. */
  ISLET_OIDC_PROVIDERS?: string;
  /** Limits of an account, and of the requests to a cluster at once; wrangler.toml has them. Whole numbers as text. */
  ISLET_MAX_CLUSTERS?: string;
  ISLET_CLUSTERS_PER_MINUTE?: string;
  ISLET_MAX_REQUESTS_INFLIGHT?: string;
  ISLET_MAX_MUTATING_REQUESTS_INFLIGHT?: string;
  ISLET_CLUSTER_STORAGE_BYTES?: string;
  ISLET_HISTORY_DAYS?: string;
  ISLET_UNDELETE_HOURS?: string;
  ISLET_HISTORY_BYTES?: string;
  /** `https://islet.example`: the service's own address, which tokens of service accounts name ({@link issuerOf}). */
  ISLET_URL?: string;
  /** Clusters are also served at `{id}.{domain}` when this is set. */
  ISLET_DOMAIN?: string;
  /** Forwards have sites beneath this domain, which is neither beneath nor above the dashboard's; none without it. */
  ISLET_FORWARD_DOMAIN?: string;
}

/** The runtime's Response, whose constructor knows `webSocket` and `encodeBody` beyond the DOM's. */
export function respond(body: BodyInit | null, init?: { status?: number; headers?: Record<string, string> }) {
  return new Response(body, init) as unknown as EdgeResponse;
}
