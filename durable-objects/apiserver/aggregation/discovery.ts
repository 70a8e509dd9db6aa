/**
 * Discovery of aggregated APIs: their resources, and the hashes of their OpenAPI documents. Each is asked when its
 * availability is checked (`availability.ts`), and its answers are kept, also while the object sleeps.
 */
import { aggregatedResources, listedResources, type RemoteVersion } from '../../../kube/machinery/discovery/remote.ts';
import { aggregatedPart } from '../../../kube/machinery/openapi/aggregated.ts';
import { OutboundError, type OutboundResponse } from '../outbound.ts';
import type { NotePort } from './local-services.ts';
import type { RemoteService, RemoteServices } from './remote-services.ts';

export interface RemoteDiscoveryPorts {
  remote: RemoteServices;
  notes: NotePort;
  ask(
    remote: RemoteService,
    path: string,
    headers: Record<string, string>,
    user?: { name: string; groups: string[] },
  ): Promise<OutboundResponse>;
}

interface Known {
  /** The Service that answered, as `namespace/name:port`. */
  service: string;
  resources?: readonly object[];
  /** The hash of its OpenAPI document of version 3. */
  hash?: string;
}

const NOTE = 'remote-discovery/';
/** Code units of a note. The resources of a server that lists more are not kept: all clients would read them. */
const MAX_NOTE = 512 * 1024;
/** Code units of all notes, which are in memory: a server for which there is no room is treated as one that tells more. */
const MAX_NOTES = 8 * 1024 * 1024;
const AGGREGATED = ['v2', 'v2beta1'].map(
  (version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
);
const JSON_ALONE = { accept: 'application/json' };
/** Upstream's aggregator fetches OpenAPI documents with this name. */
const OPENAPI_USER = { name: 'system:aggregator', groups: [] };

export class RemoteDiscovery {
  readonly #ports: RemoteDiscoveryPorts;
  readonly #known = new Map<string, Known | undefined>();
  /** Code units of the notes, by APIService. */
  readonly #sizes = new Map<string, number>();
  /** Parts of version 2 by APIService, which the garbage collector may take when memory is short. */
  readonly #swaggers = new Map<string, WeakRef<{ hash: string; part: string }>>();
  #versions: { of: readonly RemoteService[]; made: readonly RemoteVersion[] } | undefined;

  constructor(ports: RemoteDiscoveryPorts) {
    this.#ports = ports;
  }

  /** The group versions of the available and unavailable APIs; the same array until one of them changes. */
  get versions(): readonly RemoteVersion[] {
    const { all } = this.#ports.remote;
    if (this.#versions?.of !== all) {
      const made = all.filter(({ group }) => group !== '').map((one) => this.#version(one));
      this.#versions = { of: all, made };
    }
    return this.#versions.made;
  }

  /** The services that have an OpenAPI document, with its hash. */
  documents(): { remote: RemoteService; hash: string }[] {
    return this.#ports.remote.all.flatMap((remote) => {
      const hash = this.#knownOf(remote)?.hash;
      return hash === undefined || !remote.isAvailable ? [] : [{ remote, hash }];
    });
  }

  /** An API has answered: `list` is the document of its version. Its resources and its hash are asked for and kept. */
  async answered(remote: RemoteService, list: string): Promise<void> {
    const [aggregated, index] = await Promise.all([
      this.#json(remote, '/apis', { accept: AGGREGATED.join(',') }),
      this.#json(remote, '/openapi/v3', JSON_ALONE, OPENAPI_USER),
    ]);
    const { group, version } = remote;
    const told = aggregatedResources(aggregated, group, version) ?? listedResources(parsed(list));
    const room = Math.min(MAX_NOTE, MAX_NOTES - this.#sizeOfOthers(remote));
    const resources = JSON.stringify(told ?? []).length <= room ? told : undefined;
    const next: Known = { service: serviceOf(remote), resources, hash: hashOf(index, group, version) };
    const text = JSON.stringify(next);
    // The APIService may have been deleted meanwhile.
    if (!this.#ports.remote.has(remote.name) || text === JSON.stringify(this.#knownOf(remote))) return;
    this.#known.set(remote.name, next);
    this.#sizes.set(remote.name, text.length);
    this.#ports.notes.write(`${NOTE}${remote.name}`, text);
    this.#versions = undefined;
  }

  /** The APIService is gone. */
  forget(name: string): void {
    this.#known.delete(name);
    this.#sizes.delete(name);
    this.#swaggers.delete(name);
    this.#ports.notes.forget(`${NOTE}${name}`);
  }

  /** The OpenAPI document of a version. Rejects with an OutboundError. */
  document(remote: RemoteService): Promise<OutboundResponse> {
    const { group, version } = remote;
    return this.#ports.ask(remote, `/openapi/v3/apis/${group}/${version}`, JSON_ALONE, OPENAPI_USER);
  }

  /**
   * The version's part of the OpenAPI document of version 2, an AggregatedPart as JSON; undefined where the API has none
   * or does not answer. It is fetched when a client asks, and again when the hash of the document of version 3 changes.
   */
  async swagger(remote: RemoteService, hash: string): Promise<string | undefined> {
    const kept = this.#swaggers.get(remote.name)?.deref();
    if (hash !== '' && kept?.hash === hash) return kept.part;
    const { group, version } = remote;
    const document = await this.#json(remote, '/openapi/v2', JSON_ALONE, OPENAPI_USER);
    if (document === undefined) return undefined;
    const part = JSON.stringify(aggregatedPart(document, `/apis/${group}/${version}/`));
    this.#swaggers.set(remote.name, new WeakRef({ hash, part }));
    return part;
  }

  #version(remote: RemoteService): RemoteVersion {
    const { group, version, groupPriority, versionPriority, isAvailable: isCurrent } = remote;
    const resources = this.#knownOf(remote)?.resources;
    return { group, version, groupPriority, versionPriority, isCurrent, ...(resources && { resources }) };
  }

  #sizeOfOthers({ name }: RemoteService): number {
    let size = 0;
    for (const other of this.#ports.remote.all) {
      if (other.name === name) continue;
      this.#knownOf(other);
      size += this.#sizes.get(other.name) ?? 0;
    }
    return size;
  }

  #knownOf(remote: RemoteService): Known | undefined {
    const { name } = remote;
    if (!this.#known.has(name)) {
      const note = this.#ports.notes.read(`${NOTE}${name}`);
      this.#known.set(name, note === undefined ? undefined : (JSON.parse(note) as Known));
      this.#sizes.set(name, note?.length ?? 0);
    }
    const known = this.#known.get(name);
    return known?.service === serviceOf(remote) ? known : undefined;
  }

  /** The body of the answer as JSON; undefined where there is none. */
  async #json(...ask: Parameters<RemoteDiscoveryPorts['ask']>): Promise<unknown> {
    try {
      const { status, body } = await this.#ports.ask(...ask);
      return status === 200 ? parsed(body) : undefined;
    } catch (error) {
      if (error instanceof OutboundError) return undefined;
      throw error;
    }
  }
}

function serviceOf({ service }: RemoteService): string {
  return `${service.namespace}/${service.name}:${service.port}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The hash of a group version's document, which the index of version 3 names. */
function hashOf(index: unknown, group: string, version: string): string | undefined {
  const paths = (index as { paths?: Record<string, { serverRelativeURL?: unknown }> } | undefined)?.paths;
  const url = paths?.[`apis/${group}/${version}`]?.serverRelativeURL;
  return typeof url === 'string' ? (/[?&]hash=([0-9A-Za-z]+)/.exec(url)?.[1] ?? '') : undefined;
}
