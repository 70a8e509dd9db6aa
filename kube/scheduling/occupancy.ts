/** The resources and host ports that the pods of a node hold, as its kubelet counts. */
import type { Pod } from '../types.ts';
import { ResourceUsage } from './fit.ts';
import { type HostPort, hostPorts, portsClash } from './host-ports.ts';
import { podRequests, type Resources } from './requests.ts';

export class Occupancy {
  readonly used = new ResourceUsage();
  readonly #requests = new Map<string, Resources>();
  /** Only of pods that have any. */
  readonly #ports = new Map<string, readonly HostPort[]>();

  /** Of the pods that hold something. */
  keys(): Iterable<string> {
    return this.#requests.keys();
  }

  has(key: string): boolean {
    return this.#requests.has(key);
  }

  /** Takes a pod up, or anew when its requests have changed. */
  take(key: string, pod: Pod): void {
    this.release(key);
    const requests = podRequests(pod);
    this.#requests.set(key, requests);
    this.used.add(requests, 1);
    const ports = hostPorts(pod);
    if (ports.length > 0) this.#ports.set(key, ports);
  }

  /** Whether a port that the pod wants is held already. */
  clashes(pod: Pod): boolean {
    if (this.#ports.size === 0) return false;
    const wanted = hostPorts(pod);
    for (const taken of this.#ports.values()) if (portsClash(wanted, taken)) return true;
    return false;
  }

  release(key: string): void {
    const requests = this.#requests.get(key);
    if (!requests) return;
    this.#requests.delete(key);
    this.#ports.delete(key);
    this.used.add(requests, -1);
  }
}
