/**
 * Static pods: those of a folder of manifests, or of one manifest (kubelet `config/file.go`, `config/file_linux.go`).
 */
import { watch } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pod } from '../../../kube/types.ts';
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import { podOfManifest } from './manifest.ts';
import type { PodSink, PodSource } from './source.ts';

export interface FolderPorts {
  /** A folder, or one file. */
  path: string;
  nodeName: string;
  clock: Clock;
  log: Log;
}

interface Manifest {
  text: string;
  /** The reason that the text makes no pod. */
  problem?: string;
  /** Beside a problem: the pod of the text before. */
  pod?: Pod;
}

/** Milliseconds between readings that wait for no notice of a change (`fileCheckFrequency`). */
const INTERVAL = 20_000;
/** A file that is written changes several times. Milliseconds. */
const DELAY = 100;
/** Bytes. */
const MAX_MANIFEST = 10 * 1024 * 1024;

const nameOf = ({ metadata }: Pod): string => `${metadata.namespace}/${metadata.name}`;

export class FolderSource implements PodSource {
  readonly #ports: FolderPorts;
  /** By path, in their order. */
  #manifests = new Map<string, Manifest>();
  /** By namespace and name: the pods that the sink knows. */
  #pods = new Map<string, Pod>();
  /** Problems of the last reading: each is logged once. */
  #problems: ReadonlySet<string> = new Set();
  #watcher: { inode: number; close(): void } | undefined;
  #readings: Promise<void> = Promise.resolve();
  #ready = false;
  #stopped = false;
  #cancel = () => {};
  #cancelChanged: (() => void) | undefined;

  constructor(ports: FolderPorts) {
    this.#ports = ports;
  }

  start(sink: PodSink): void {
    this.#read(sink, true);
    this.#cancel = this.#ports.clock.after(INTERVAL, () => this.start(sink));
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
    this.#cancelChanged?.();
    this.#watcher?.close();
  }

  /** With `strict`, a manifest that has become bad ends its pod; without, it may still be being written. */
  #read(sink: PodSink, strict: boolean): void {
    this.#readings = this.#readings.then(async () => {
      if (this.#stopped) return;
      const problems: string[] = [];
      try {
        const paths = await this.#paths(sink, problems);
        await this.#load(paths, strict, problems);
        if (this.#stopped) return;
        this.#report(sink);
        if (!this.#ready) sink.ready();
        this.#ready = true;
      } catch (error) {
        problems.push(`Unable to read config path ${this.#ports.path}: ${(error as Error).message}`);
        if (!this.#ready) sink.failed();
      }
      for (const problem of problems) if (!this.#problems.has(problem)) this.#ports.log.error(problem);
      this.#problems = new Set(problems);
    });
  }

  async #paths(sink: PodSink, problems: string[]): Promise<string[]> {
    const { path } = this.#ports;
    const found = await unlessMissing(stat(path));
    this.#watch(found?.ino, sink);
    if (!found) {
      problems.push(`Unable to read config path ${path}: path does not exist, ignoring`);
      return [];
    }
    if (found.isFile()) return [path];
    if (!found.isDirectory()) throw new Error('path is not a directory or file');
    const names = await readdir(path);
    return names
      .filter((name) => !name.startsWith('.'))
      .sort()
      .map((name) => join(path, name));
  }

  /** A folder that took the place of another has to be watched anew. */
  #watch(inode: number | undefined, sink: PodSink): void {
    if (this.#stopped || this.#watcher?.inode === inode) return;
    this.#watcher?.close();
    this.#watcher = undefined;
    if (inode === undefined) return;
    const { path, clock, log } = this.#ports;
    try {
      const watcher = watch(path, () => {
        this.#cancelChanged ??= clock.after(DELAY, () => {
          this.#cancelChanged = undefined;
          this.#read(sink, false);
        });
      });
      watcher.on('error', (error) => log.warn(`${path} is not watched: ${error.message}`));
      this.#watcher = { inode, close: () => watcher.close() };
    } catch (error) {
      log.warn(`${path} is not watched: ${(error as Error).message}`);
    }
  }

  async #load(paths: readonly string[], strict: boolean, problems: string[]): Promise<void> {
    const manifests = new Map<string, Manifest>();
    for (const path of paths) {
      const before = this.#manifests.get(path);
      const manifest = await this.#manifest(path, before);
      if (!manifest) continue;
      const { problem } = manifest;
      if (problem !== undefined) problems.push(`Could not process manifest file ${path}: ${problem}`);
      const isKept = problem === undefined || !strict;
      manifests.set(path, isKept ? manifest : { ...manifest, pod: undefined });
    }
    this.#manifests = manifests;
  }

  /** Undefined when the file has gone meanwhile. */
  async #manifest(path: string, before: Manifest | undefined): Promise<Manifest | undefined> {
    const { nodeName, clock } = this.#ports;
    let text = '';
    try {
      const found = await unlessMissing(readManifest(path));
      if (found === undefined) return undefined;
      text = found;
      if (before?.text === text) return before;
      return { text, pod: podOfManifest(text, { path, nodeName }, new Date(clock.now()).toISOString()) };
    } catch (error) {
      return { text, problem: (error as Error).message, pod: before?.pod };
    }
  }

  /** The last of two manifests with one name counts. Static pods wait for no source. */
  #report(sink: PodSink): void {
    const pods = new Map<string, Pod>();
    for (const { pod } of this.#manifests.values()) if (pod) pods.set(nameOf(pod), pod);
    const before = this.#pods;
    this.#pods = pods;
    for (const [name, pod] of before) if (pods.get(name)?.metadata.uid !== pod.metadata.uid) sink.deleted(pod);
    for (const [name, pod] of pods) if (before.get(name) !== pod) sink.changed(pod, true);
  }
}

async function readManifest(path: string): Promise<string> {
  const found = await stat(path);
  if (found.isDirectory()) throw new Error('it is a directory, not recursing into manifest path');
  if (!found.isFile()) throw new Error('it is not a directory or file');
  if (found.size > MAX_MANIFEST) throw new Error(`it is longer than ${MAX_MANIFEST} bytes`);
  return readFile(path, 'utf8');
}

async function unlessMissing<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
