/**
 * The APIServices of the groups that the server answers for itself (kube-aggregator `autoRegisterController`). The store
 * has them from the first request for an APIService on, so a new cluster pays nothing for them; from then on they follow
 * the kinds, and users' changes to them (docs/decisions/2026-11-27-api-services-when-looked-at.md).
 */

import { localCondition } from '../../../kube/kinds/apiregistration/conditions.ts';
import {
  API_SERVICES,
  localServices,
  METRICS_API,
  nameOf,
  registrationStep,
  serviceOfDefinition,
} from '../../../kube/kinds/apiregistration/local.ts';
import type { KindDescriptor } from '../../../kube/kinds/define.ts';
import { kinds as builtInKinds } from '../../../kube/kinds/index.ts';
import type { Kinds } from '../../../kube/kinds/registry.ts';
import type { Cause } from '../../../kube/machinery/cause.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { type Key, keyOf, keyPrefix, parseKey } from '../../../kube/machinery/resource.ts';
import type { APIService } from '../../../kube/types.ts';
import type { Entry, Store } from '../../store/store.ts';
import { MANAGER, send } from '../own-request.ts';
import { PrintedObjects, TIME } from '../printed-objects.ts';
import type { RequestHandler } from '../request.ts';

export interface NotePort {
  read(name: string): string | undefined;
  write(name: string, value: string): void;
  forget(name: string): void;
}

export interface LocalServicesPorts {
  store: Store;
  kinds: Kinds;
  notes: NotePort;
  /** Another build may serve other groups: with it, the server counts as started anew. */
  build: string;
  uuid(): string;
  /** Milliseconds since the epoch. */
  now(): number;
  api: RequestHandler;
  report(error: unknown, about: string): void;
}

const PREFIX = keyPrefix(API_SERVICES);
const PATH = '/apis/apiregistration.k8s.io/v1/apiservices';
/** The build that the APIServices in the store were made by. */
const NOTE = 'api-services';

const BUILT_IN = localServices(builtInKinds);
const PRINTED = new PrintedObjects(MANAGER, () =>
  [...BUILT_IN].map(([name, object]) => ({ key: keyFor(name), resource: API_SERVICES, object: asCreated(object) })),
);

function keyFor(name: string): Key {
  return keyOf(API_SERVICES, '', name);
}

/** The APIService with the status that its strategy gives it. */
function asCreated(object: APIService): KubeObject {
  const condition = localCondition(TIME);
  return { ...object, status: { conditions: [condition] } } as unknown as KubeObject;
}

export class LocalApiServices {
  readonly #ports: LocalServicesPorts;
  /** The build that the note names; '' where the store has no APIServices yet. */
  #build: string | undefined;
  /** The APIServices of CustomResourceDefinitions by name, as they were last written to the store. */
  #custom: Map<string, APIService> | undefined;
  #running: Promise<void> | undefined;
  #listed: { of: readonly KindDescriptor[]; made: readonly KindDescriptor[] } | undefined;
  /** Names of APIServices that a client has written, which may have to be restored. */
  readonly #touched = new Set<string>();

  constructor(ports: LocalServicesPorts) {
    this.#ports = ports;
    ports.store.onCommit((entries) => this.#committed(entries));
  }

  /** Resolves when the store has the APIServices; undefined when it has them already. */
  ready(): Promise<void> | undefined {
    // What a run that failed was to restore is touched still.
    if (this.#custom && this.#isRegistered && !this.#running && this.#touched.size === 0) return undefined;
    return this.#run();
  }

  /**
   * The kinds that discovery lists: those whose APIService was deleted are left out. They are served all the same, as by
   * upstream, whose aggregated discovery shows them, too.
   */
  listed(all: readonly KindDescriptor[]): readonly KindDescriptor[] {
    if (this.#listed?.of !== all) this.#listed = { of: all, made: this.#withoutDeleted(all) };
    return this.#listed.made;
  }

  #withoutDeleted(all: readonly KindDescriptor[]): readonly KindDescriptor[] {
    const { store } = this.#ports;
    if (!this.#isRegistered) return all;
    const gone = new Set([...BUILT_IN.keys()].filter((name) => !store.get(keyFor(name))));
    return gone.size === 0 ? all : all.filter((kind) => !gone.has(nameOf(kind)));
  }

  /** To be called when other kinds are served than before. */
  kindsChanged(): void {
    if (!this.#isRegistered || !this.#custom) return;
    const wanted = this.#servicesOfDefinitions();
    const isSame = wanted.size === this.#custom.size && [...wanted.keys()].every((name) => this.#custom?.has(name));
    if (!isSame) this.#runSoon();
  }

  /** Whether the store has the APIServices of this build. */
  get #isRegistered(): boolean {
    this.#build ??= this.#ports.notes.read(NOTE) ?? '';
    return this.#build === this.#ports.build;
  }

  #committed(entries: readonly Entry[]): void {
    const before = this.#touched.size;
    for (const { key, cause, text, change } of entries) {
      if (!key.startsWith(PREFIX)) continue;
      this.#listed = undefined;
      if (cause.kind === 'system') continue;
      const { name } = parseKey(key);
      // The server answers for the Metrics API itself again once the APIService of a metrics-server is deleted.
      const isMetricsServerGone = name === METRICS_API && change === 'delete' && text.includes('"service":{');
      if (this.#isRegistered && (isMetricsServerGone || !BUILT_IN.has(name))) this.#touched.add(name);
    }
    if (this.#touched.size > before) this.#runSoon();
  }

  #runSoon(): void {
    this.#run().catch((error) => this.#ports.report(error, 'the APIServices of this server'));
  }

  /** Runs are serial; changes that come during a run get another run. */
  #run(): Promise<void> {
    const before = this.#running;
    const run = (before ? before.catch(() => {}).then(() => this.#sync()) : this.#sync()).finally(() => {
      if (this.#running === run) this.#running = undefined;
    });
    this.#running = run;
    return run;
  }

  async #sync(): Promise<void> {
    const isStart = !this.#isRegistered;
    const custom = this.#servicesOfDefinitions();
    const known = this.#custom;
    const desired = (name: string): APIService | undefined => BUILT_IN.get(name) ?? custom.get(name);
    const touched = [...this.#touched];
    this.#touched.clear();
    const isWhole = isStart || !known;
    const names = new Set([...custom.keys(), ...touched]);
    if (isWhole) for (const { key } of this.#ports.store.scan({ prefix: PREFIX })) names.add(parseKey(key).name);
    else for (const name of known.keys()) names.add(name);
    if (isStart) for (const name of BUILT_IN.keys()) names.add(name);
    const changed = [...names].filter(
      (name) => isWhole || touched.includes(name) || known.has(name) !== custom.has(name),
    );
    try {
      await Promise.all(
        changed.map((name) =>
          this.#syncOne(name, desired(name), isStart || (name === METRICS_API && touched.includes(name))),
        ),
      );
    } catch (error) {
      for (const name of touched) this.#touched.add(name);
      throw error;
    }
    this.#custom = custom;
    if (!isStart) return;
    this.#ports.notes.write(NOTE, this.#ports.build);
    this.#build = this.#ports.build;
    this.#listed = undefined;
  }

  async #syncOne(name: string, desired: APIService | undefined, isStart: boolean): Promise<void> {
    const { store, now, api } = this.#ports;
    const cause: Cause = { kind: 'system', at: now(), why: 'autoregister' };
    const stored = store.get(keyFor(name));
    const current = stored && (JSON.parse(stored.text) as APIService);
    const own = `${PATH}/${encodeURIComponent(name)}`;
    switch (registrationStep(current, desired, isStart)) {
      case 'create':
        if (BUILT_IN.has(name)) return PRINTED.insert(this.#ports, keyFor(name), cause);
        await send(api, { cause, method: 'POST', path: PATH, body: desired });
        return;
      case 'update':
        await send(api, { cause, method: 'PUT', path: own, body: { ...current, spec: desired?.spec } });
        return;
      case 'delete':
        await send(api, {
          cause,
          method: 'DELETE',
          path: own,
          body: { preconditions: { uid: current?.metadata.uid } },
        });
    }
  }

  /** The APIServices for the group versions of CustomResourceDefinitions, by name. */
  #servicesOfDefinitions(): Map<string, APIService> {
    const services = new Map<string, APIService>();
    for (const kind of this.#ports.kinds.customKinds) {
      const name = nameOf(kind);
      if (!services.has(name)) services.set(name, serviceOfDefinition(kind));
    }
    return services;
  }
}
