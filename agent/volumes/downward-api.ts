import { writeAtomically } from './atomic-writer.ts';
import { downwardFiles } from './sources.ts';
import type { VolumePlugin } from './volume.ts';

export const downwardApiVolume: VolumePlugin = {
  field: 'downwardAPI',
  name: 'downward-api',
  async setUp(volume, context) {
    const { items = [], defaultMode = 0o644 } = volume.downwardAPI ?? {};
    const files = downwardFiles(items, defaultMode, context);
    writeAtomically(context.folder, files, context.pod.spec?.securityContext?.fsGroup);
    return context.folder;
  },
};
