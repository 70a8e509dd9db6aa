/**
 * Frees the disk of images that no container needs (kubelet `images/image_gc_manager.go`), longest unused first. Only
 * what this agent has pulled: other programs keep images in the same runtime.
 */
import { readFile, rename, statfs, writeFile } from 'node:fs/promises';
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { ContainerEntry, ImageEntry, Runtime } from '../../runtimes/runtime.ts';

export interface DiskUse {
  /** Bytes. */
  capacity: number;
  available: number;
}

export interface ImageGarbagePorts {
  runtime: Pick<Runtime, 'images' | 'containers' | 'removeImage'>;
  clock: Clock;
  log: Log;
  /** The file that keeps the images that the agent has pulled. */
  path: string;
  /** Usage of the file system that holds the images; undefined when it is unknown. */
  disk(): Promise<DiskUse | undefined>;
  /** Too little could be freed. */
  failed(message: string): void;
}

/** Usage of the file system that the folder lies on. */
export async function diskUse(folder: string | undefined): Promise<DiskUse | undefined> {
  if (folder === undefined) return undefined;
  const { blocks, bavail, bsize } = await statfs(folder);
  return { capacity: blocks * bsize, available: bavail * bsize };
}

/** Kubelet's defaults, in percent. */
const HIGH = 85;
const LOW = 80;
/** Milliseconds that an image is kept after its last use: a container may be about to be made of it. */
const MIN_AGE = 120_000;
const INTERVAL = 300_000;

export class ImageGarbage {
  readonly #ports: ImageGarbagePorts;
  /** The time of the last use of each image that the agent has pulled, by its id. */
  #used: Map<string, number> | undefined;
  #writes: Promise<void> = Promise.resolve();
  #cancel = () => {};
  #stopped = false;

  constructor(ports: ImageGarbagePorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#cancel = this.#ports.clock.after(INTERVAL, () => {
      this.collect()
        .catch((error: Error) => this.#ports.log.warn(`images: ${error.message}`))
        .finally(() => {
          if (!this.#stopped) this.start();
        });
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** The agent has pulled an image that was not there. */
  async pulled(id: string): Promise<void> {
    const used = await this.#read();
    used.set(id, this.#ports.clock.now());
    await this.#write(used);
  }

  /** A container is about to be made of an image. */
  async needed(id: string): Promise<void> {
    const used = await this.#read();
    if (used.has(id)) used.set(id, this.#ports.clock.now());
  }

  async collect(): Promise<void> {
    const { runtime, clock, log, disk, failed } = this.#ports;
    const used = await this.#read();
    // Others may be pulled during the look at the runtime, which does not show them.
    const before = [...used.keys()];
    const [images, containers, use] = await Promise.all([runtime.images(), runtime.containers(), disk()]);
    const now = clock.now();
    const known = images.filter(({ id }) => used.has(id));
    for (const image of known) if (isInUse(image, containers)) used.set(image.id, now);
    for (const id of before) if (!known.some((image) => image.id === id)) used.delete(id);
    // The machine's clock may have been set back.
    for (const [id, at] of used) used.set(id, Math.min(at, now));
    let missing = use ? bytesToFree(use) : 0;
    const wanted = missing;
    const lastUse = ({ id }: ImageEntry) => used.get(id) ?? now;
    const unused = known.filter((image) => !image.pinned && now - lastUse(image) >= MIN_AGE);
    for (const image of unused.sort((a, b) => lastUse(a) - lastUse(b))) {
      if (missing <= 0) break;
      // A container may have come to need it meanwhile.
      if (clock.now() - lastUse(image) < MIN_AGE) continue;
      try {
        await runtime.removeImage(image.id);
      } catch (error) {
        log.warn(`the unused image ${image.tags[0] ?? image.id} is not removed: ${(error as Error).message}`);
        continue;
      }
      used.delete(image.id);
      missing -= image.size;
      log.info(`removed the unused image ${image.tags[0] ?? image.id}: the disk is full`);
    }
    await this.#write(used);
    if (use && missing > 0) failed(failure(use, wanted - missing));
  }

  async #read(): Promise<Map<string, number>> {
    if (this.#used) return this.#used;
    const text = await readFile(this.#ports.path, 'utf8').catch(() => '{}');
    const found = new Map<string, number>();
    try {
      for (const [id, at] of Object.entries(JSON.parse(text) as object)) found.set(id, Number(at) || 0);
    } catch {
      // A crash cut the file off: its images stay.
    }
    this.#used ??= found;
    return this.#used;
  }

  /** One after the other: several images may have been pulled at once. */
  #write(used: ReadonlyMap<string, number>): Promise<void> {
    const { path, log } = this.#ports;
    this.#writes = this.#writes
      .then(async () => {
        await writeFile(`${path}.new`, JSON.stringify(Object.fromEntries(used)), { mode: 0o600 });
        await rename(`${path}.new`, path);
      })
      .catch((error: Error) => log.warn(`the list of pulled images is not kept: ${error.message}`));
    return this.#writes;
  }
}

function isInUse({ id, tags, digests }: ImageEntry, containers: readonly ContainerEntry[]): boolean {
  const names = new Set([id, ...tags, ...digests]);
  return containers.some(({ image, imageRef }) => names.has(image) || names.has(imageRef));
}

/** The bytes down to the low threshold, once the high one is passed; else 0. */
function bytesToFree({ capacity, available }: DiskUse): number {
  if (capacity === 0 || usage({ capacity, available }) < HIGH) return 0;
  return (capacity * (100 - LOW)) / 100 - available;
}

const usage = ({ capacity, available }: DiskUse): number => 100 - Math.floor((available * 100) / capacity);

function failure(use: DiskUse, freed: number): string {
  return (
    `Insufficient free disk space on the node's image filesystem (${usage(use)}% of ${sizeText(use.capacity)} used). ` +
    `Failed to free sufficient space by deleting unused images (freed ${Math.max(0, Math.round(freed))} bytes). ` +
    'Investigate disk usage, as it could be used by active images, logs, volumes, or other data.'
  );
}

/** As upstream prints it: `19.5 GiB`. */
function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const unit = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return unit === 0 ? `${bytes} B` : `${(bytes / 1024 ** unit).toFixed(1)} ${units[unit]}`;
}
