import { writeAtomically } from './atomic-writer.ts';
import { configMapFiles, downwardFiles, type Files, safePath, secretFiles } from './sources.ts';
import { ensureMemory, unmount } from './tmpfs.ts';
import type { Volume, VolumeContext, VolumePlugin } from './volume.ts';

type Source = NonNullable<NonNullable<Volume['projected']>['sources']>[number];

/** Several sources in one folder; with a token or a Secret among them it is in memory only. */
export const projectedVolume: VolumePlugin = {
  field: 'projected',
  name: 'projected',
  async setUp(volume, context) {
    const { sources = [], defaultMode = 0o644 } = volume.projected ?? {};
    const files: Files = new Map();
    for (const source of sources ?? []) {
      for (const [path, file] of await filesOf(source, defaultMode, context)) files.set(path, file);
    }
    ensureMemory(context.folder);
    writeAtomically(context.folder, files, context.pod.spec?.securityContext?.fsGroup);
    return context.folder;
  },
  tearDown: unmount,
};

async function filesOf(source: Source, mode: number, context: VolumeContext): Promise<Files> {
  if (source.configMap) return configMapFiles({ name: '', ...source.configMap, mode }, context);
  if (source.secret) return secretFiles({ name: '', ...source.secret, mode }, context);
  if (source.downwardAPI) return downwardFiles(source.downwardAPI.items ?? [], mode, context);
  if (source.serviceAccountToken) {
    const { audience, expirationSeconds = 3600, path } = source.serviceAccountToken;
    const token = await context.serviceAccountToken({ audience, expirationSeconds });
    return new Map([[safePath(path), { data: Buffer.from(token), mode: 0o600 | (mode & 0o044) }]]);
  }
  const kind = Object.keys(source)[0] ?? 'empty';
  throw new Error(`projected volume source ${kind} is not built into this node agent yet`);
}
