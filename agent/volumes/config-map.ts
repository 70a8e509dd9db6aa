import { writeAtomically } from './atomic-writer.ts';
import { configMapFiles } from './sources.ts';
import type { VolumePlugin } from './volume.ts';

export const configMapVolume: VolumePlugin = {
  field: 'configMap',
  name: 'configmap',
  async setUp(volume, context) {
    const { name = '', optional, items, defaultMode = 0o644 } = volume.configMap ?? {};
    const files = await configMapFiles({ name, optional, items, mode: defaultMode }, context);
    writeAtomically(context.folder, files, context.pod.spec?.securityContext?.fsGroup);
    return context.folder;
  },
};
