/**
 * When a cluster is given its bootstrap roles, flow schemas and priority levels: as it begins, and when it first wakes
 * under another build.
 */
import { bootstrapRbac, type RbacBootstrapPorts } from '../apiserver/authz/rbac/bootstrap.ts';
import { bootstrapFlowControl } from '../apiserver/flow-control/bootstrap.ts';
import type { ApiServer } from '../apiserver/pipeline.ts';
import type { Notes } from '../store/notes.ts';

/** The build whose roles the cluster has. */
const NOTE = 'rbac';

export interface BootstrapPoliciesPorts extends RbacBootstrapPorts {
  notes: Notes;
  /** Another build may bring other roles, and brings back those that were deleted. */
  build: string;
  /** Milliseconds since the epoch. */
  now(): number;
  report(about: string, error: unknown): void;
}

export class BootstrapPolicies {
  readonly #ports: BootstrapPoliciesPorts;
  #running: Promise<void> | undefined;

  constructor(ports: BootstrapPoliciesPorts) {
    this.#ports = ports;
  }

  /** undefined: there is nothing to wait for. */
  get done(): Promise<void> | undefined {
    return this.#running;
  }

  start(): void {
    const { notes, build, now, report } = this.#ports;
    if (notes.read(NOTE) === build) return;
    this.#running = Promise.all([bootstrapRbac(this.#ports, now()), bootstrapFlowControl(this.#ports, now())])
      .then(() => notes.write(NOTE, build))
      .catch((error) => report('bootstrap roles', error))
      .finally(() => {
        this.#running = undefined;
      });
  }

  /** The server as clients reach it: their requests wait for the roles that decide about them. */
  gate(api: ApiServer): Pick<ApiServer, 'handle' | 'inFlight'> {
    return {
      handle: (ask) => (this.#running ? this.#running.then(() => api.handle(ask)) : api.handle(ask)),
      inFlight: () => api.inFlight(),
    };
  }
}
