import { filesVolume } from './files-volume.ts';
import { configMapFiles } from './sources.ts';

export const configMapVolume = filesVolume({
  field: 'configMap',
  name: 'configmap',
  inMemory: false,
  files({ configMap }, context) {
    const { name = '', optional, items, defaultMode = 0o644 } = configMap ?? {};
    return configMapFiles({ name, optional, items, mode: defaultMode }, context);
  },
});
