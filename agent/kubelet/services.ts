/**
 * The cluster's Services, for the variables of containers; the last ones known are kept on the disk for a start without
 * it.
 */
import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import type { Service } from '../../kube/types.ts';
import type { Feed } from '../api/subscriptions.ts';
import type { Clock } from '../clock.ts';

export interface ServicePorts {
  feed: Feed;
  clock: Clock;
  /** The URL of the cluster's API. */
  server: string;
  /** The file that keeps them. */
  path: string;
  warn(text: string): void;
  /** The cluster has told of all Services. */
  synced(): void;
}

/**
 * `default/kubernetes` has no address that traffic could be sent to, as the API is a URL. To containers it is where
 * that URL leads: clients inside a cluster take host and port of it, without a path, and a token says which cluster is
 * meant.
 */
function atApi(service: Service, server: string): Service {
  const { name, namespace } = service.metadata;
  if (namespace !== 'default' || name !== 'kubernetes') return service;
  const { hostname, port } = new URL(server);
  const clusterIP = hostname.replace(/^\[|\]$/g, '');
  const ports = [{ name: 'https', protocol: 'TCP' as const, port: Number(port || 443) }];
  return { ...service, spec: { ...service.spec, clusterIP, ports } };
}

/** Milliseconds from a change until it is written. */
const DELAY = 5_000;

export class ServiceList {
  readonly #ports: ServicePorts;
  readonly #services = new Map<string, Service>();
  #known: boolean;
  #unwatch = () => {};
  #cancel: (() => void) | undefined;

  constructor(ports: ServicePorts) {
    this.#ports = ports;
    this.#known = this.#read();
  }

  /** Undefined until they have been read once: no container may start without the variables of existing Services. */
  get all(): readonly Service[] | undefined {
    if (!this.#known) return undefined;
    return Array.from(this.#services.values(), (service) => atApi(service, this.#ports.server));
  }

  start(): void {
    const listed = new Set<string>();
    let synced = false;
    this.#unwatch = this.#ports.feed.watch('/api/v1/services', {
      changed: (object) => {
        const key = `${object.metadata.namespace}/${object.metadata.name}`;
        if (!synced) listed.add(key);
        this.#services.set(key, object as unknown as Service);
        this.#save();
      },
      deleted: ({ metadata }) => {
        this.#services.delete(`${metadata.namespace}/${metadata.name}`);
        this.#save();
      },
      synced: () => {
        synced = true;
        for (const key of this.#services.keys()) if (!listed.has(key)) this.#services.delete(key);
        this.#known = true;
        this.#save();
        this.#ports.synced();
      },
    });
  }

  stop(): void {
    this.#unwatch();
    this.#cancel?.();
  }

  #read(): boolean {
    try {
      for (const service of JSON.parse(readFileSync(this.#ports.path, 'utf8')) as Service[]) {
        this.#services.set(`${service.metadata.namespace}/${service.metadata.name}`, service);
      }
      return true;
    } catch {
      return false;
    }
  }

  #save(): void {
    if (!this.#known || this.#cancel) return;
    this.#cancel = this.#ports.clock.after(DELAY, () => {
      this.#cancel = undefined;
      this.#write().catch((error: Error) => this.#ports.warn(`Services are not kept: ${error.message}`));
    });
  }

  async #write(): Promise<void> {
    const { path } = this.#ports;
    await writeFile(`${path}.new`, JSON.stringify([...this.#services.values()]), { mode: 0o600 });
    await rename(`${path}.new`, path);
  }
}
