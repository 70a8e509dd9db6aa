import { ensureFolder, ensureMemory, memorySize } from './folder.ts';
import type { VolumePlugin } from './volume.ts';

/** A folder that lives as long as its pod; with `medium: Memory` a tmpfs. */
export const emptyDirVolume: VolumePlugin = {
  field: 'emptyDir',
  name: 'empty-dir',
  async publish(volume, context) {
    const { medium = '', sizeLimit } = volume.emptyDir ?? {};
    const wanted = { mode: 0o777, group: context.pod.spec?.securityContext?.fsGroup };
    if (medium === '') await ensureFolder(context.folder, wanted);
    else if (medium === 'Memory') await ensureMemory(context.folder, wanted, memorySize(context, sizeLimit));
    else throw new Error(`emptyDir medium ${medium} is not built into this node agent yet`);
    return { path: context.folder, readOnly: false };
  },
};
