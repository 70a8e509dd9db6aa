/**
 * The bootstrap roles, flow schemas and priority levels of a cluster. Its store is given them as it begins; when it first
 * wakes under another build, they are reconciled with those of that build.
 */
import { KindRegistry } from '../../kube/kinds/registry.ts';
import { bootstrapRbac, PRINTED_ROLES, type RbacBootstrapPorts } from '../apiserver/authz/rbac/bootstrap.ts';
import { bootstrapFlowControl, PRINTED_FLOW_CONTROL } from '../apiserver/flow-control/bootstrap.ts';
import type { ApiServer } from '../apiserver/pipeline.ts';
import { BootstrapTexts } from '../store/bootstrap-objects.ts';
import type { SqliteStore } from '../store/mvcc.ts';
import type { Notes } from '../store/notes.ts';

/** The build whose roles the cluster has. */
/** Names the build whose roles are there. */
export const BOOTSTRAP_POLICIES_NOTE = 'rbac';
const NOTE = BOOTSTRAP_POLICIES_NOTE;

let texts: BootstrapTexts | undefined;

/** Of this build; printed once for all clusters of the isolate. */
export function bootstrapTexts(): BootstrapTexts {
  if (!texts) {
    const kinds = new KindRegistry();
    texts = new BootstrapTexts([...PRINTED_ROLES.texts(kinds), ...PRINTED_FLOW_CONTROL.texts(kinds)]);
  }
  return texts;
}

export interface BootstrapPoliciesPorts extends RbacBootstrapPorts {
  store: SqliteStore;
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
    const { store, notes, build, now, report } = this.#ports;
    if (notes.read(NOTE) === build) return;
    if (store.isNew) {
      notes.write(NOTE, build);
      return;
    }
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
