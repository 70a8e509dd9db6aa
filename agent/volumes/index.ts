/** The kinds of volumes this node can make, and making and removing a pod's. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Folders } from '../kubelet/folders.ts';
import { configMapVolume } from './config-map.ts';
import { downwardApiVolume } from './downward-api.ts';
import { emptyDirVolume } from './empty-dir.ts';
import { hostPathVolume } from './host-path.ts';
import { projectedVolume } from './projected.ts';
import { secretVolume } from './secret.ts';
import type { Volume, VolumeContext, VolumePlugin } from './volume.ts';

const PLUGINS: readonly VolumePlugin[] = [
  emptyDirVolume,
  hostPathVolume,
  configMapVolume,
  secretVolume,
  downwardApiVolume,
  projectedVolume,
];

/** Failed volumes carry their name: `MountVolume.SetUp failed for volume "config" : configmap "x" not found`. */
export class VolumeError extends Error {
  readonly volume: string;

  constructor(volume: string, message: string) {
    super(message);
    this.volume = volume;
  }
}

/** Host paths by volume name. Safe to repeat: what is there is brought up to date. */
export async function setUpVolumes(
  context: Omit<VolumeContext, 'folder'>,
  folders: Folders,
): Promise<Map<string, string>> {
  const paths = new Map<string, string>();
  for (const volume of context.pod.spec?.volumes ?? []) {
    try {
      const plugin = pluginOf(volume);
      const folder = folders.volume(context.pod.metadata.uid ?? '', plugin.name, volume.name);
      paths.set(volume.name, await plugin.setUp(volume, { ...context, folder }));
    } catch (error) {
      throw new VolumeError(volume.name, (error as Error).message);
    }
  }
  return paths;
}

/** Does a change of a ConfigMap or Secret show in this pod's files? */
export function hasLiveVolumes(volumes: readonly Volume[] | undefined): boolean {
  return (volumes ?? []).some((volume) => volume.configMap || volume.secret || volume.projected);
}

function pluginOf(volume: Volume): VolumePlugin {
  const plugin = PLUGINS.find(({ field }) => volume[field]);
  if (plugin) return plugin;
  const kind = Object.keys(volume).find((field) => field !== 'name') ?? 'of this kind';
  throw new Error(`volumes of kind ${kind} are not built into this node agent yet`);
}

/** Removes what a pod left in its folder. Host paths are not in there. */
export function removePodFolder(uid: string, folders: Folders): void {
  const volumes = join(folders.pod(uid), 'volumes');
  for (const plugin of PLUGINS) {
    const folder = join(volumes, `islet~${plugin.name}`);
    if (!plugin.tearDown || !existsSync(folder)) continue;
    for (const name of readdirSync(folder)) plugin.tearDown(join(folder, name));
  }
  rmSync(folders.pod(uid), { recursive: true, force: true });
}
