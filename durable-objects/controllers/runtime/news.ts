/** News bring controllers work that is not in the log: resources are served now, or nodes tell of something. */
import { type GroupResource, type Key, keyPrefix } from '../../../kube/machinery/resource.ts';
import type { ControllerWorker } from './controller-worker.ts';
import type { CountPort, ReadPort } from './ports.ts';

export interface NewsPorts {
  workers: readonly ControllerWorker[];
  read: ReadPort & CountPort;
  /** Milliseconds since the epoch. */
  now(): number;
  /** There is work. */
  rouse(): void;
}

/** Nodes tell as often, and again and again: many nodes together bring no more work than one. */
const SPACING_MS = 15_000;

export class News {
  readonly #ports: NewsPorts;
  /** When keys were told of last. */
  readonly #told = new Map<Key, number>();

  constructor(ports: NewsPorts) {
    this.#ports = ports;
  }

  servedNow(resource: GroupResource): void {
    const { workers, rouse } = this.#ports;
    const concerned = workers.filter(({ controller }) => controller.served);
    for (const worker of concerned) worker.servedLater(resource);
    if (concerned.length > 0) rouse();
  }

  /** Something changed on which the object of the key depends. False where there is none, or no controller that nodes tell. */
  lookAt(key: Key): boolean {
    const { workers, read, rouse } = this.#ports;
    // A node may say anything.
    const resource = key.slice(0, Math.max(0, key.indexOf('/')));
    const worker = workers.find(({ controller }) => controller.for === resource && controller.connected);
    if (!worker || !read.get(key)) return false;
    if (!this.#isTooSoon(key)) {
      worker.lookAt(key);
      rouse();
    }
    return true;
  }

  #isTooSoon(key: Key): boolean {
    const now = this.#ports.now();
    for (const [other, at] of this.#told) if (Math.abs(now - at) >= SPACING_MS) this.#told.delete(other);
    if (this.#told.has(key)) return true;
    this.#told.set(key, now);
    return false;
  }

  /** The agent of a node is connected. */
  connected(node: string): void {
    const { workers, read, rouse } = this.#ports;
    const concerned = workers.filter(({ controller }) => {
      return controller.connected && read.count(keyPrefix(controller.for)) > 0;
    });
    for (const worker of concerned) worker.connectedLater(node);
    if (concerned.length > 0) rouse();
  }
}
