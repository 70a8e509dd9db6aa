import { filesVolume } from './files-volume.ts';
import { downwardFiles } from './sources.ts';

export const downwardApiVolume = filesVolume({
  field: 'downwardAPI',
  name: 'downward-api',
  inMemory: false,
  files({ downwardAPI }, context) {
    const { items = [], defaultMode = 0o644 } = downwardAPI ?? {};
    return downwardFiles(items, defaultMode, context);
  },
});
