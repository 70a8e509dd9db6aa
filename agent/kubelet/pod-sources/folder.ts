/** Pods out of a folder of manifests (kubelet `config/file.go`): the node runs them whatever its cluster says, or without it. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pod } from '../../../kube/types.ts';
import type { Clock } from '../../clock.ts';
import type { PodSink, PodSource } from './source.ts';
import { staticPod } from './static-pod.ts';

export interface FolderSourcePorts {
  folder: string;
  nodeName: string;
  clock: Clock;
  warn(text: string): void;
  /** The pod is to be shown in the API, or no longer. */
  show(pod: Pod): void;
  hide(pod: Pod): void;
}

/** Milliseconds between looks into the folder. */
const LOOK = 5_000;
const MAX_SIZE = 10 * 1024 * 1024;

const nameOf = ({ metadata }: Pod): string => `${metadata.namespace}/${metadata.name}`;
const uidOf = ({ metadata }: Pod): string => metadata.uid ?? '';

export class FolderSource implements PodSource {
  readonly #ports: FolderSourcePorts;
  /** By path: the pod of each manifest, as it could be read last. */
  #found = new Map<string, Pod>();
  /** By name. A pod that takes another's name waits until nothing of that is left. */
  readonly #running = new Map<string, Pod>();
  readonly #wanted = new Map<string, Pod>();
  /** Uids of pods that are to go. */
  readonly #ending = new Set<string>();
  /** By path: the problem that was told. */
  readonly #problems = new Map<string, string>();
  #sink: PodSink | undefined;
  #cancel = () => {};
  #stopped = false;

  constructor(ports: FolderSourcePorts) {
    this.#ports = ports;
  }

  start(sink: PodSink): void {
    this.#sink = sink;
    void this.#look().then(() => {
      if (!this.#stopped) sink.ready();
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** The pod and all its parts are gone. */
  finished(uid: string): void {
    for (const [name, pod] of this.#running) {
      if (uidOf(pod) !== uid) continue;
      this.#ending.delete(uid);
      this.#running.delete(name);
      if (!this.#wanted.has(name)) this.#ports.hide(pod);
      this.#bring(name);
    }
  }

  async #look(): Promise<void> {
    const found = await this.#read();
    if (this.#stopped) return;
    this.#found = found;
    this.#wanted.clear();
    for (const [path, pod] of found) {
      const name = nameOf(pod);
      if (this.#wanted.has(name)) this.#problem(path, `another manifest has a pod ${name} as well`);
      else this.#wanted.set(name, pod);
    }
    for (const name of new Set([...this.#running.keys(), ...this.#wanted.keys()])) this.#bring(name);
    this.#cancel = this.#ports.clock.after(LOOK, () => void this.#look());
  }

  /** From the pod that runs under the name to the one that is wanted. */
  #bring(name: string): void {
    const running = this.#running.get(name);
    const wanted = this.#wanted.get(name);
    if (running && running.metadata.uid !== wanted?.metadata.uid) {
      if (this.#ending.has(uidOf(running))) return;
      this.#ending.add(uidOf(running));
      this.#sink?.deleted(running);
    } else if (wanted && !running) {
      this.#running.set(name, wanted);
      this.#ports.show(wanted);
      this.#sink?.changed(wanted);
    }
  }

  /** A manifest that cannot be read, for instance because it is being written, is what it was before. */
  async #read(): Promise<Map<string, Pod>> {
    const { folder, nodeName } = this.#ports;
    const found = new Map<string, Pod>();
    let names: string[];
    try {
      names = await readdir(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return found;
      this.#problem(folder, (error as Error).message);
      return this.#found;
    }
    for (const name of names.sort()) {
      if (name.startsWith('.')) continue;
      const path = join(folder, name);
      try {
        const { size, isFile } = await statOf(path);
        if (!isFile) throw new Error('it is no file');
        if (size > MAX_SIZE) throw new Error('it is too large');
        found.set(path, staticPod(await readFile(path, 'utf8'), path, nodeName));
        this.#problems.delete(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
        this.#problem(path, (error as Error).message);
        const before = this.#found.get(path);
        if (before) found.set(path, before);
      }
    }
    return found;
  }

  /** The same again and again is told once. */
  #problem(path: string, text: string): void {
    if (this.#problems.get(path) !== text) this.#ports.warn(`the manifest ${path}: ${text}`);
    this.#problems.set(path, text);
  }
}

async function statOf(path: string): Promise<{ size: number; isFile: boolean }> {
  const stats = await stat(path);
  return { size: stats.size, isFile: stats.isFile() };
}
