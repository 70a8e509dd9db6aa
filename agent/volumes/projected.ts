import type { Pod } from '../../kube/types.ts';
import { filesVolume } from './files-volume.ts';
import { configMapFiles, downwardFiles, type Files, safePath, secretFiles } from './sources.ts';
import type { Volume, VolumeContext } from './volume.ts';

type Source = NonNullable<NonNullable<Volume['projected']>['sources']>[number];

/** Several sources in one folder, in memory since a token or a Secret may be among them. */
export const projectedVolume = filesVolume({
  field: 'projected',
  name: 'projected',
  inMemory: true,
  async files({ projected }, context) {
    const { sources, defaultMode = 0o644 } = projected ?? {};
    const files: Files = new Map();
    for (const source of sources ?? []) {
      for (const [path, file] of await filesOf(source, defaultMode, context)) files.set(path, file);
    }
    return files;
  },
});

async function filesOf(source: Source, mode: number, context: VolumeContext): Promise<Files> {
  if (source.configMap) return configMapFiles({ name: '', ...source.configMap, mode }, context);
  if (source.secret) return secretFiles({ name: '', ...source.secret, mode }, context);
  if (source.downwardAPI) return downwardFiles(source.downwardAPI.items ?? [], mode, context);
  if (source.serviceAccountToken) {
    const { audience, expirationSeconds = 3600, path } = source.serviceAccountToken;
    const token = await context.serviceAccountToken({ audience, expirationSeconds });
    return new Map([[safePath(path), { data: Buffer.from(token), ...tokenAccess(context.pod, mode) }]]);
  }
  const kind = Object.keys(source)[0] ?? 'empty';
  throw new Error(`projected volume source ${kind} is not built into this node agent yet`);
}

/**
 * A token is its user's alone when all containers run as one user, or for the pod's group (kubelet `projected.go`,
 * FsUserFrom).
 */
function tokenAccess({ spec }: Pod, mode: number): { mode: number; user?: number } {
  const all = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  const users = new Set(
    all.map(({ securityContext }) => securityContext?.runAsUser ?? spec?.securityContext?.runAsUser),
  );
  const user = users.size === 1 ? [...users][0] : undefined;
  const owned = user !== undefined || spec?.securityContext?.fsGroup !== undefined;
  return { mode: owned ? 0o600 : mode, user };
}
