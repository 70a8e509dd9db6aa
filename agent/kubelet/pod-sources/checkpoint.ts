/** The pods of the cluster as the node last heard of them, on its disk: one file a pod. */
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pod } from '../../../kube/types.ts';
import type { Clock } from '../../clock.ts';

export interface CheckpointPorts {
  folder: string;
  clock: Clock;
  warn(text: string): void;
}

/** A pod's status changes several times when it starts: one write serves them. Milliseconds. */
const DELAY = 1_000;

export class Checkpoint {
  readonly #ports: CheckpointPorts;
  readonly #due = new Map<string, () => void>();
  /** Writes run one after the other, so that a pod's newest state is the one that stays. */
  #writes: Promise<void> = Promise.resolve();

  constructor(ports: CheckpointPorts) {
    this.#ports = ports;
  }

  /** Files that cannot be read are left out, with a warning. */
  async read(): Promise<Pod[]> {
    const pods: Pod[] = [];
    for (const name of await readdir(this.#ports.folder).catch(() => [])) {
      if (!name.endsWith('.json')) continue;
      try {
        pods.push(JSON.parse(await readFile(join(this.#ports.folder, name), 'utf8')) as Pod);
      } catch (error) {
        this.#ports.warn(`the checkpoint ${name} cannot be read: ${(error as Error).message}`);
      }
    }
    return pods;
  }

  save(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    this.#due.get(uid)?.();
    const cancel = this.#ports.clock.after(DELAY, () => {
      this.#due.delete(uid);
      this.#queue(() => this.#write(uid, JSON.stringify(pod)));
    });
    this.#due.set(uid, cancel);
  }

  remove(uid: string): void {
    this.#due.get(uid)?.();
    this.#due.delete(uid);
    this.#queue(() => rm(this.#path(uid), { force: true }));
  }

  /** Drops the writes that wait. */
  stop(): void {
    for (const cancel of this.#due.values()) cancel();
    this.#due.clear();
  }

  #path(uid: string): string {
    return join(this.#ports.folder, `${uid}.json`);
  }

  #queue(write: () => Promise<void>): void {
    this.#writes = this.#writes.then(write).catch((error: Error) => {
      this.#ports.warn(`a checkpoint is not kept: ${error.message}`);
    });
  }

  /** A pod's environment may hold secrets. */
  async #write(uid: string, text: string): Promise<void> {
    await mkdir(this.#ports.folder, { recursive: true });
    await chmod(this.#ports.folder, 0o700);
    const path = this.#path(uid);
    await writeFile(`${path}.new`, text, { mode: 0o600 });
    await rename(`${path}.new`, path);
  }
}
