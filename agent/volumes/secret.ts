import { filesVolume } from './files-volume.ts';
import { secretFiles } from './sources.ts';

export const secretVolume = filesVolume({
  field: 'secret',
  name: 'secret',
  inMemory: true,
  files({ secret }, context) {
    const { secretName = '', optional, items, defaultMode = 0o644 } = secret ?? {};
    return secretFiles({ name: secretName, optional, items, mode: defaultMode }, context);
  },
});
