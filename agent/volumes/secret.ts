import { writeAtomically } from './atomic-writer.ts';
import { secretFiles } from './sources.ts';
import { ensureMemory, unmount } from './tmpfs.ts';
import type { VolumePlugin } from './volume.ts';

/** In memory only: a secret is never written to the node's disk. */
export const secretVolume: VolumePlugin = {
  field: 'secret',
  name: 'secret',
  async setUp(volume, context) {
    const { secretName = '', optional, items, defaultMode = 0o644 } = volume.secret ?? {};
    const files = await secretFiles({ name: secretName, optional, items, mode: defaultMode }, context);
    ensureMemory(context.folder);
    writeAtomically(context.folder, files, context.pod.spec?.securityContext?.fsGroup);
    return context.folder;
  },
  tearDown: unmount,
};
