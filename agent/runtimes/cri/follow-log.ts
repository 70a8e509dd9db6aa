/** Reads a container's log, and goes on as it grows, over rotation, until the container has ended. */
import { type FSWatcher, watch } from 'node:fs';
import { type FileHandle, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LogOptions } from '../../../wire/stream.ts';
import { openRegular } from '../../files/open.ts';
import type { LogSink } from '../runtime.ts';
import { LogParser, tailOffset } from './log-file.ts';

export interface FollowPorts extends LogSink {
  now(): number;
  /** Whether the container may still write. */
  running(): Promise<boolean>;
}

const CHUNK = 64 * 1024;
/** The longest wait for a notice of the file system before the file is read again. Milliseconds. */
const MAX_WAIT = 500;
/** Milliseconds between questions to the runtime: a busy container writes a thousand times as often. */
const ASK_INTERVAL = 200;

export async function readLog(path: string, options: LogOptions, ports: FollowPorts): Promise<void> {
  let file = await openRegular(path);
  const changes = options.follow ? new Changes(dirname(path)) : undefined;
  try {
    const { size, ino } = await file.stat();
    let inode = ino;
    let offset = options.tailLines === undefined ? 0 : await tailOffset(file, size, options.tailLines);
    const out = new Limited(options, ports);
    let running = true;
    let askedAt = Number.NEGATIVE_INFINITY;
    for (;;) {
      // Asked before reading: what was written until then is read below. The machine's clock may have been set back.
      if (options.follow && Math.abs(ports.now() - askedAt) >= ASK_INTERVAL) {
        running = await ports.running();
        askedAt = ports.now();
      }
      offset = await readOn(file, offset, out);
      if (out.full || ports.stopped()) return;
      const replaced = options.follow ? await successor(path, inode) : undefined;
      if (replaced) {
        offset = await readOn(file, offset, out);
        await file.close();
        file = await openRegular(path);
        inode = replaced;
        offset = 0;
        continue;
      }
      if (!options.follow || !running) return;
      await changes?.next(MAX_WAIT);
    }
  } finally {
    changes?.close();
    await file.close();
  }
}

async function readOn(file: FileHandle, from: number, out: Limited): Promise<number> {
  let offset = from;
  while (!out.full) {
    const { bytesRead, buffer } = await file.read({ buffer: Buffer.allocUnsafe(CHUNK), position: offset });
    if (bytesRead === 0) break;
    offset += bytesRead;
    await out.push(buffer.subarray(0, bytesRead));
  }
  return offset;
}

/** The inode of the file that has taken the path's place; undefined while it is the same. */
async function successor(path: string, inode: number): Promise<number | undefined> {
  try {
    const { ino } = await stat(path);
    return ino === inode ? undefined : ino;
  } catch {
    return undefined;
  }
}

/** Formats, and stops after `limitBytes`. */
class Limited {
  full = false;
  readonly #parser: LogParser;
  readonly #ports: FollowPorts;
  #left: number;

  constructor(options: LogOptions, ports: FollowPorts) {
    const since =
      options.sinceSeconds === undefined
        ? options.sinceTime === undefined
          ? undefined
          : Date.parse(options.sinceTime)
        : ports.now() - options.sinceSeconds * 1000;
    this.#parser = new LogParser({ timestamps: options.timestamps, since });
    this.#left = options.limitBytes ?? Number.POSITIVE_INFINITY;
    this.#ports = ports;
  }

  async push(chunk: Buffer): Promise<void> {
    let text = this.#parser.push(chunk);
    if (text.length >= this.#left) {
      text = text.subarray(0, this.#left);
      this.full = true;
    }
    this.#left -= text.length;
    if (text.length > 0) await this.#ports.write(text);
    if (this.#ports.stopped()) this.full = true;
  }
}

/** Wakes when something in the folder changes. */
class Changes {
  #watcher: FSWatcher | undefined;
  #changed = false;
  #wake: (() => void) | undefined;

  constructor(folder: string) {
    try {
      this.#watcher = watch(folder, () => {
        this.#changed = true;
        this.#wake?.();
      });
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch {
      // Out of inotify watches: waiting the whole time does as well.
    }
  }

  async next(milliseconds: number): Promise<void> {
    if (!this.#changed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#changed = false;
  }

  close(): void {
    this.#watcher?.close();
  }
}
