import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { unitsOf } from '../../kube/machinery/quantity.ts';
import { ensureMemory, unmount } from './tmpfs.ts';
import type { VolumePlugin } from './volume.ts';

/** A folder that lives as long as its pod; with `medium: Memory` a tmpfs. */
export const emptyDirVolume: VolumePlugin = {
  field: 'emptyDir',
  name: 'empty-dir',
  async setUp(volume, { folder, pod }) {
    const { medium = '', sizeLimit } = volume.emptyDir ?? {};
    mkdirSync(folder, { recursive: true });
    if (medium === 'Memory') ensureMemory(folder, sizeLimit ? unitsOf(sizeLimit) : undefined);
    else if (medium !== '') throw new Error(`emptyDir medium ${medium} is not built into this node agent yet`);
    const group = pod.spec?.securityContext?.fsGroup;
    if (group !== undefined) chownSync(folder, 0, group);
    // 0777 as upstream, whatever the umask; with a group of its own, files inherit that.
    chmodSync(folder, group === undefined ? 0o777 : 0o2777);
    return folder;
  },
  tearDown: unmount,
};
