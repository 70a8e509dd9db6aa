/**
 * The volumes of the node's pods, each on its own: staged for the node, published to a pod, refreshed, unpublished and
 * unstaged. The manager remembers nothing: the mount table and the pods' folders hold the state.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Folders, pluginFolder } from '../files/folders.ts';
import { mountTable, unmountWithin } from '../files/mount-table.ts';
import { removeTree } from '../files/remove-tree.ts';
import { Locks } from './locks.ts';
import { makeNestedMountPoints } from './nested-volumes.ts';
import { PLUGINS } from './plugins.ts';
import type { PublishedVolume, Volume, VolumeContext, VolumePlugin, VolumeRequest } from './volume.ts';

/** Failed volumes carry their name: `MountVolume.SetUp failed for volume "config" : configmap "x" not found`. */
export class VolumeError extends Error {
  readonly volume: string;

  constructor(volume: string, message: string) {
    super(message);
    this.volume = volume;
  }
}

export class VolumeManager {
  readonly #folders: Folders;
  readonly #plugins: readonly VolumePlugin[];
  readonly #locks = new Locks();

  constructor(folders: Folders, plugins: readonly VolumePlugin[] = PLUGINS) {
    this.#folders = folders;
    this.#plugins = plugins;
  }

  /** Publishes all volumes of a pod and returns them by name. */
  async publish(request: VolumeRequest): Promise<Map<string, PublishedVolume>> {
    const published = new Map<string, PublishedVolume>();
    await this.#each(request, async (volume, plugin, context) => {
      if (plugin.handle) await this.#locks.run(context.staging, () => this.#stage(volume, plugin, context));
      const made = await plugin.publish(volume, context);
      await plugin.refresh?.(volume, context);
      if (made.readOnly) await makeNestedMountPoints(volume.name, made.path, request.pod);
      published.set(volume.name, made);
    });
    return published;
  }

  /** Brings the content of a pod's published volumes up to date. A failure of one leaves the others be. */
  async refresh(request: VolumeRequest): Promise<void> {
    const there = new Set(await this.#published(uidOf(request)));
    await this.#each(request, async (volume, plugin, context) => {
      if (there.has(context.folder)) await plugin.refresh?.(volume, context);
    });
  }

  /** Whether time or a change of other objects may change what the pod's volumes hold. */
  isLive(volumes: readonly Volume[] | undefined): boolean {
    return (volumes ?? []).some((volume) => this.#pluginOf(volume)?.refresh);
  }

  /**
   * Removes all volumes of a pod, which need not be known any more. Files of others that are mounted in its folder
   * stay.
   */
  async unpublish(uid: string): Promise<void> {
    await this.unpublishVolumes(uid);
    await removeTree(this.#folders.pod(uid));
  }

  /** Removes the volumes alone: what the pod's containers said at their end stays. */
  async unpublishVolumes(uid: string): Promise<void> {
    for (const plugin of this.#plugins) {
      const folder = join(this.#folders.volumes(uid), pluginFolder(plugin.name));
      for (const name of await names(folder)) {
        await this.#locks.run(`${uid}/${name}`, async () => plugin.unpublish?.(join(folder, name)));
      }
    }
    await removeTree(this.#folders.subPaths(uid));
    await removeTree(this.#folders.volumes(uid));
    await this.#unstageUnused();
  }

  async #stage(volume: Volume, plugin: VolumePlugin, context: VolumeContext): Promise<void> {
    await mkdir(context.staging, { recursive: true });
    await plugin.stage?.(volume, context);
  }

  /**
   * A bind mount has the file system and the root of its source: so the mount table tells which pods use a staged
   * volume.
   */
  async #unstageUnused(): Promise<void> {
    for (const plugin of this.#plugins.filter(({ handle }) => handle)) {
      const parent = join(this.#folders.staging, pluginFolder(plugin.name));
      for (const name of await names(parent)) {
        const staging = join(parent, name);
        await this.#locks.run(staging, async () => {
          const table = await mountTable();
          const staged = table.find(({ point }) => point === staging);
          const used =
            staged && table.some((m) => m !== staged && m.device === staged.device && m.root === staged.root);
          if (used) return;
          await plugin.unstage?.(staging);
          await unmountWithin(staging);
          await removeTree(staging);
        });
      }
    }
  }

  /** Side by side, each under its own lock. When some fail, all others are done first. */
  async #each(
    request: VolumeRequest,
    work: (volume: Volume, plugin: VolumePlugin, context: VolumeContext) => Promise<void>,
  ): Promise<void> {
    const uid = uidOf(request);
    const done = (request.pod.spec?.volumes ?? []).map(async (volume) => {
      try {
        const plugin = this.#pluginOf(volume);
        if (!plugin) throw new Error(`volumes of kind ${kindOf(volume)} are not built into this node agent yet`);
        const folder = this.#folders.volume(uid, plugin.name, volume.name);
        const handle = plugin.handle?.(volume, request);
        const staging = handle === undefined ? '' : this.#folders.staged(plugin.name, digest(handle));
        await this.#locks.run(`${uid}/${volume.name}`, () => work(volume, plugin, { ...request, folder, staging }));
      } catch (error) {
        throw new VolumeError(volume.name, (error as Error).message);
      }
    });
    const failed = (await Promise.allSettled(done)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }

  async #published(uid: string): Promise<string[]> {
    const found: string[] = [];
    for (const { name } of this.#plugins) {
      const folder = join(this.#folders.volumes(uid), pluginFolder(name));
      for (const volume of await names(folder)) found.push(join(folder, volume));
    }
    return found;
  }

  #pluginOf(volume: Volume): VolumePlugin | undefined {
    return this.#plugins.find(({ field }) => volume[field]);
  }
}

const uidOf = ({ pod }: VolumeRequest): string => pod.metadata.uid ?? '';
const kindOf = (volume: Volume): string => Object.keys(volume).find((field) => field !== 'name') ?? 'of this kind';
const digest = (handle: string): string => createHash('sha256').update(handle).digest('hex');

/** The names in a folder, without those that begin with a dot: folders that are being made. */
async function names(folder: string): Promise<string[]> {
  const found = await readdir(folder).catch(() => []);
  return found.filter((name) => !name.startsWith('.'));
}
