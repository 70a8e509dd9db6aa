/** The port behind which something gives Services their load balancers (upstream `cloud-provider` `LoadBalancer`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Service } from '../../../kube/types.ts';

export type LoadBalancerStatus = NonNullable<NonNullable<Service['status']>['loadBalancer']>;

/** A node that a load balancer may send to. */
export interface Backend {
  name: string;
  providerID?: string;
}

/** Each call may come again, and must come to the same end then. What they reject with is told in an event. */
export interface LoadBalancer {
  /**
   * Whether the Service is this provider's. One that is not waits for an address, as on a cluster without a cloud. Pure.
   * `namespace` is the Service's, where it is there.
   */
  serves(service: Service, namespace: KubeObject | undefined): boolean;
  /** undefined where there is none. */
  getLoadBalancer(service: Service): Promise<LoadBalancerStatus | undefined>;
  /** undefined where something else gives the Service its addresses. */
  ensureLoadBalancer(service: Service, nodes: readonly Backend[]): Promise<LoadBalancerStatus | undefined>;
  /** Only the nodes are others. */
  updateLoadBalancer(service: Service, nodes: readonly Backend[]): Promise<void>;
  /** It may be gone already. */
  ensureLoadBalancerDeleted(service: Service): Promise<void>;
}
