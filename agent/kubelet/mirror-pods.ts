/**
 * Static pods as the API shows them (kubelet `pod/mirror_client.go`): an object for each, made by the node, whose status is
 * the pod's. To delete it ends nothing; it is made anew.
 */
import type { Node, Pod } from '../../kube/types.ts';
import { type Api, ApiError } from '../api/client.ts';
import type { Clock } from '../clock.ts';
import { CONFIG_HASH, CONFIG_MIRROR } from './pod-sources/static-pod.ts';
import { Retries } from './retries.ts';

export interface MirrorPorts {
  api: Api;
  clock: Clock;
  random(): number;
  warn(text: string): void;
  node(): Node;
  /** The object shows the pod with this uid: its status may have to be told. */
  shown(mirror: Pod, uid: string): void;
}

const RETRY = { initial: 1_000, max: 60_000 };

const nameOf = ({ metadata }: Pod): string => `${metadata.namespace}/${metadata.name}`;

export class MirrorPods {
  readonly #ports: MirrorPorts;
  readonly #retries: Retries;
  /** By namespace and name. */
  readonly #pods = new Map<string, Pod>();
  readonly #mirrors = new Map<string, Pod>();
  /** With a request on its way; `true`: something has changed meanwhile. */
  readonly #busy = new Map<string, boolean>();
  readonly #timers = new Map<string, () => void>();
  #ready = false;
  #stopped = false;

  constructor(ports: MirrorPorts) {
    this.#ports = ports;
    this.#retries = new Retries(ports, RETRY);
  }

  /** All sources have told what they have: an object without its pod is a leftover. */
  ready(): void {
    this.#ready = true;
    for (const name of new Set([...this.#pods.keys(), ...this.#mirrors.keys()])) this.#bring(name);
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#timers.values()) cancel();
  }

  show(pod: Pod): void {
    this.#pods.set(nameOf(pod), pod);
    this.#bring(nameOf(pod));
  }

  hide(pod: Pod): void {
    this.#pods.delete(nameOf(pod));
    this.#bring(nameOf(pod));
  }

  /** The cluster tells of an object. */
  changed(mirror: Pod): void {
    const name = nameOf(mirror);
    this.#mirrors.set(name, mirror);
    const pod = this.#pods.get(name);
    if (pod && this.#isOf(mirror, pod)) this.#ports.shown(mirror, pod.metadata.uid ?? '');
    this.#bring(name);
  }

  deleted(mirror: Pod): void {
    const name = nameOf(mirror);
    if (this.#mirrors.get(name)?.metadata.uid === mirror.metadata.uid) this.#mirrors.delete(name);
    this.#bring(name);
  }

  /** The uid of the object that shows the static pod; undefined while there is none. */
  mirrorOf(pod: Pod): string | undefined {
    const mirror = this.#mirrors.get(nameOf(pod));
    return mirror && this.#isOf(mirror, pod) ? mirror.metadata.uid : undefined;
  }

  /** The static pod's uid, when it is an object's that shows one. */
  staticUid(uid: string): string {
    for (const [name, { metadata }] of this.#mirrors) {
      if (metadata.uid === uid) return this.#pods.get(name)?.metadata.uid ?? uid;
    }
    return uid;
  }

  #isOf({ metadata }: Pod, pod: Pod): boolean {
    return (
      !metadata.deletionTimestamp && metadata.annotations?.[CONFIG_MIRROR] === pod.metadata.annotations?.[CONFIG_HASH]
    );
  }

  /** The object as it should be: one step, whose outcome the watch tells. */
  #bring(name: string): void {
    if (!this.#ready || this.#stopped) return;
    if (this.#busy.has(name)) {
      this.#busy.set(name, true);
      return;
    }
    const pod = this.#pods.get(name);
    const mirror = this.#mirrors.get(name);
    const step =
      mirror && (!pod || !this.#isOf(mirror, pod))
        ? () => this.#delete(mirror)
        : pod && !mirror
          ? () => this.#create(pod)
          : undefined;
    if (!step) return;
    const held = this.#retries.heldUntil(name);
    if (held !== undefined) {
      this.#wait(name, held);
      return;
    }
    this.#busy.set(name, false);
    step()
      .then(
        () => this.#retries.worked(name),
        (error: Error) => {
          if (!this.#stopped) this.#ports.warn(`mirror pod ${name}: ${error.message}`);
          this.#wait(name, this.#retries.failed(name));
        },
      )
      .finally(() => {
        const again = this.#busy.get(name);
        this.#busy.delete(name);
        if (again) this.#bring(name);
      });
  }

  #wait(name: string, until: number): void {
    const { clock } = this.#ports;
    this.#timers.get(name)?.();
    if (this.#stopped) return;
    const cancel = clock.after(until - clock.now(), () => {
      this.#timers.delete(name);
      this.#bring(name);
    });
    this.#timers.set(name, cancel);
  }

  async #create({ metadata, spec }: Pod): Promise<void> {
    const { api, node } = this.#ports;
    const { name, uid } = node().metadata;
    if (!uid) throw new Error('the node is not registered yet');
    await api.request('POST', `/api/v1/namespaces/${metadata.namespace}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: metadata.name,
        namespace: metadata.namespace,
        labels: metadata.labels,
        annotations: { ...metadata.annotations, [CONFIG_MIRROR]: metadata.annotations?.[CONFIG_HASH] },
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid, controller: true }],
      },
      spec,
    });
  }

  async #delete({ metadata }: Pod): Promise<void> {
    try {
      await this.#ports.api.request('DELETE', `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`, {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        gracePeriodSeconds: 0,
        preconditions: { uid: metadata.uid },
      });
    } catch (error) {
      if (!(error instanceof ApiError && (error.code === 404 || error.code === 409))) throw error;
    }
  }
}
