import type { Key } from '../../../kube/machinery/resource.ts';
import { ResourceUsage } from '../../../kube/scheduling/fit.ts';
import { NO_RESOURCES, type Resources } from '../../../kube/scheduling/requests.ts';
import type { NodeFacts, PodInfo } from './projections.ts';

/** A node and the pods on it, added up (`framework/types.go`, NodeInfo). */
export class NodeInfo {
  readonly name: string;
  /** Its number among the nodes of the snapshot. */
  slot = -1;
  /** Undefined while only pods that name this node are known. */
  facts: NodeFacts | undefined;
  readonly pods: Map<Key, PodInfo>;
  readonly requested: ResourceUsage;
  /** As `requested`, with defaults for containers that request nothing. For scoring. */
  readonly nonZeroRequested: { cpu: number; memory: number };
  /** The number of pods that hold host ports. */
  withPorts = 0;

  constructor(name: string, from?: NodeInfo) {
    this.name = name;
    this.facts = from?.facts;
    this.pods = new Map(from?.pods);
    this.requested = from?.requested.clone() ?? new ResourceUsage();
    this.nonZeroRequested = { cpu: 0, memory: 0, ...from?.nonZeroRequested };
    this.withPorts = from?.withPorts ?? 0;
  }

  /** For a trial: pods that are added to or removed from the clone leave this one as it is. */
  clone(): NodeInfo {
    return new NodeInfo(this.name, this);
  }

  addPod(pod: PodInfo): void {
    this.pods.set(pod.key, pod);
    this.#count(pod, 1);
  }

  removePod(pod: PodInfo): void {
    if (this.pods.delete(pod.key)) this.#count(pod, -1);
  }

  get allocatable(): Resources {
    return this.facts?.allocatable ?? NO_RESOURCES;
  }

  #count(pod: PodInfo, sign: 1 | -1): void {
    this.requested.add(pod.requests, sign);
    this.nonZeroRequested.cpu += sign * pod.nonZeroRequests.cpu;
    this.nonZeroRequested.memory += sign * pod.nonZeroRequests.memory;
    if (pod.ports.length > 0) this.withPorts += sign;
  }
}
