/**
 * The volume through which a pod's containers reach the API: a token of the pod's account, the roots to trust, and the
 * namespace (upstream `plugin/pkg/admission/serviceaccount` mountServiceAccountToken).
 */
import type { Pod, ServiceAccount } from '../../../../kube/types.ts';
import { AUTOMOUNT_SECONDS } from '../../subresources/token.ts';

type Volume = NonNullable<NonNullable<Pod['spec']>['volumes']>[number];

const VOLUME_NAME = 'kube-api-access-';
const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const FILE_MODE = 0o644;

/** The pod's wish goes before its account's. */
export function shouldMount(account: ServiceAccount, { spec }: Pod): boolean {
  return spec?.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
}

/**
 * Mounts the volume in every container that has nothing at its path, and returns whether there was one. `newName` makes
 * a name from its beginning.
 */
export function mountToken({ spec }: Pod, newName: (base: string) => string): boolean {
  if (!spec) return false;
  const present = spec.volumes?.find((volume) => volume.name.startsWith(VOLUME_NAME));
  const name = present?.name ?? newName(VOLUME_NAME);
  let isNeeded = false;
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    if (container.volumeMounts?.some(({ mountPath }) => mountPath === MOUNT_PATH)) continue;
    container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath: MOUNT_PATH }];
    isNeeded = true;
  }
  if (!present && isNeeded) spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)];
  return isNeeded;
}

function tokenVolume(name: string): Volume {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: AUTOMOUNT_SECONDS, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
      defaultMode: FILE_MODE,
    },
  };
}
