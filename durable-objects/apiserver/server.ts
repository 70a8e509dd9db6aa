/** The ports and state of the API server. */
import type { Kinds } from '../../kube/kinds/registry.ts';
import type { Registry } from '../../kube/metrics/registry.ts';
import type { LimitRange } from '../../kube/types.ts';
import type { Claims } from '../../wire/identity.ts';
import type { Role } from '../../wire/sharing.ts';
import type { KeySet } from '../../wire/tokens.ts';
import type { Store } from '../store/store.ts';
import type { NamespaceStates } from './admission/namespace-lifecycle.ts';
import type { NamespacedObjects } from './admission/namespaced-objects.ts';
import type { Admission, RemotePlugin } from './admission/plugin.ts';
import type { Exemptions, NamespacePolicies } from './admission/pod-security/namespace-policies.ts';
import type { PolicyRegistry } from './admission/policies/registry.ts';
import type { DefaultPriorityClass } from './admission/priority.ts';
import type { Aggregation } from './aggregation/index.ts';
import type { NotePort } from './aggregation/local-services.ts';
import type { Authenticated, Authenticator } from './authn/authenticator.ts';
import type { Authorizer } from './authz/attributes.ts';
import type { RuleResolver } from './authz/rbac/rule-resolver.ts';
import type { Converter } from './conversion/converter.ts';
import type { FlowControl } from './flow-control/flow-control.ts';
import type { AdmissionMetrics } from './metrics/admission-metrics.ts';
import type { UsagePort } from './on-demand/resource-metrics.ts';
import type { ClientCertificate, Outbound } from './outbound.ts';
import type { Quotas } from './quota/quotas.ts';
import type { ApiAnswer, ApiRequest, UserInfo } from './request.ts';
import type { ServiceAllocator } from './services/allocator.ts';
import type { Agents } from './services/endpoint-resolver.ts';

/** The ports that a cluster hands its API server. Clock, randomness and I/O come in here. */
export interface ServerPorts {
  store: Store;
  /** The kinds that this cluster serves. */
  kinds: Kinds;
  clock: { /** Milliseconds since the epoch. */ now(): number };
  random: { /** [0, 1) */ next(): number; uuid(): string };
  /** Waits; for the few places where upstream waits briefly. Milliseconds. */
  sleep(ms: number): Promise<void>;
  /** An unexpected error; the client is given the id alone. */
  report(id: string, error: unknown, about: string): void;
  /** Keeps the nodes' Leases; left out, nodes write their own. */
  nodeLeases?: NodeLeases;
  /** Controllers of another control plane act on the objects. */
  foreignControllers?: boolean;
  /** A scheduler of another control plane places the pods. */
  foreignScheduler?: boolean;
  limits?: Partial<Limits>;
  metrics: Registry;
  /** Small values beside the objects; in memory when left out. */
  notes?: NotePort;
  /** Names the code of the server: with another, it counts as started anew. */
  build?: string;
  identity: IdentityPorts;
  /** Calls webhooks and aggregated APIs; left out, every call fails. */
  outbound?: Outbound;
  /** The connections of the nodes' agents; left out, no node can be reached. */
  agents?: Agents;
  /** The client certificate of calls to aggregated APIs; left out, they are called without one. */
  frontProxy?: ClientCertificate;
  /** PEM of the authorities by which aggregated APIs know clients, and this server. */
  authorities?(): Promise<{ client: string; frontProxy: string }>;
  /** Asks nodes for what they measure. */
  usage?: UsagePort;
  /** Exemptions from the Pod Security Standards; none when left out. */
  podSecurityExemptions?: Exemptions;
  /** Admission plugins that ask others. */
  remotePlugins?: readonly RemotePlugin[];
  /**
   * Serves paths beside Kubernetes' own, authorised as non-resource URLs; undefined for a path that it does not know.
   */
  extension?(request: ApiRequest, user: UserInfo): Promise<ApiAnswer> | undefined;
}

/** Keeps the Leases of nodes (`on-demand/node-leases.ts`). `node` undefined means all of them. */
export interface NodeLeases {
  renew(node: string | undefined): Promise<void>;
  watch(node: string | undefined): Promise<void>;
}

/** The tokens of this cluster. */
export interface IdentityPorts {
  cluster: { id: string; account: string };
  /** The keys of the service. Throws where the deployment has none. */
  keys(): KeySet;
  /** By `jti`. Of the account's own tokens, those alone that have reached this cluster. */
  isRevoked(id: string): boolean;
  /** The role of the member whose token it is; undefined for an account that is no member. */
  roleOf(claims: Claims): Role | undefined;
  /** Whether the account still has a token of its own. The edge asks the same before it lets a request through. */
  hasToken(account: string, id: string): Promise<boolean>;
}

export interface Limits {
  /** Requests under way at once: reads, and writes; 0 is no limit. Beyond, 429. */
  readsInFlight: number;
  writesInFlight: number;
}

export interface Server extends ServerPorts {
  converter: Converter;
  admission: Admission;
  admissionMetrics: AdmissionMetrics;
  flowControl: FlowControl;
  /** Milliseconds since the epoch. */
  startedAt: number;
  authorize: Authorizer;
  /** The rules that RBAC has for a user. */
  rules: RuleResolver;
  authenticate(...asked: Parameters<Authenticator>): Authenticated;
  namespaces: NamespaceStates;
  services: ServiceAllocator;
  quotas: Quotas;
  podSecurity: NamespacePolicies;
  limitRanges: NamespacedObjects<LimitRange>;
  defaultPriorityClass: DefaultPriorityClass;
  policies: PolicyRegistry;
  aggregation: Aggregation;
}
