/** Volumes of pods, and where PersistentVolumes lie. */
import type { PersistentVolume, Volume } from '../../../../kube/types.ts';
import { sortedEntries } from './parts.ts';
import type { Sheet } from './sheet.ts';

export function describeVolumes(sheet: Sheet, volumes: readonly Volume[] | undefined, indent = ''): void {
  if (!volumes || volumes.length === 0) {
    sheet.line(0, `${indent}Volumes:\t<none>`);
    return;
  }
  sheet.line(0, `${indent}Volumes:`);
  for (const volume of volumes) {
    sheet.line(1, `${indent === '' ? '' : ' '}${volume.name}:`);
    describeSource(sheet, volume);
  }
}

type Source = Partial<Omit<Volume, 'csi'>> &
  Partial<Omit<NonNullable<PersistentVolume['spec']>, 'csi'>> & { csi?: Csi };

/** One source is set. */
export function describeSource(sheet: Sheet, source: Source): void {
  const {
    hostPath,
    emptyDir,
    secret,
    configMap,
    nfs,
    persistentVolumeClaim,
    downwardAPI,
    projected,
    csi,
    image,
    local,
  } = source;
  const lines = (type: string, fields: Readonly<Record<string, unknown>>): void => {
    sheet.line(2, `Type:\t${type}`);
    for (const [field, value] of Object.entries(fields)) sheet.line(2, `${field}:\t${value}`);
  };
  if (hostPath) {
    lines('HostPath (bare host directory volume)', { Path: hostPath.path, HostPathType: hostPath.type ?? '<none>' });
  } else if (emptyDir) {
    const SizeLimit = emptyDir.sizeLimit && emptyDir.sizeLimit !== '0' ? emptyDir.sizeLimit : '<unset>';
    lines("EmptyDir (a temporary directory that shares a pod's lifetime)", {
      Medium: emptyDir.medium ?? '',
      SizeLimit,
    });
  } else if (secret) {
    const optional = (secret as { optional?: boolean }).optional === true;
    lines('Secret (a volume populated by a Secret)', {
      SecretName: (secret as { secretName?: string }).secretName,
      Optional: optional,
    });
  } else if (configMap) {
    lines('ConfigMap (a volume populated by a ConfigMap)', {
      Name: configMap.name,
      Optional: configMap.optional === true,
    });
  } else if (nfs) {
    lines('NFS (an NFS mount that lasts the lifetime of a pod)', {
      Server: nfs.server,
      Path: nfs.path,
      ReadOnly: nfs.readOnly === true,
    });
  } else if (persistentVolumeClaim) {
    const { claimName, readOnly } = persistentVolumeClaim;
    lines('PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)', {
      ClaimName: claimName,
      ReadOnly: readOnly === true,
    });
  } else if (source.ephemeral) {
    lines('EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)', {});
  } else if (downwardAPI) {
    lines('DownwardAPI (a volume populated by information about the pod)', {});
    sheet.line(2, 'Items:');
    for (const { fieldRef, resourceFieldRef, path } of downwardAPI.items ?? []) {
      sheet.line(3, `${fieldRef?.fieldPath ?? resourceFieldRef?.resource} -> ${path}`);
    }
  } else if (projected) describeProjected(sheet, projected);
  else if (csi) describeCsi(sheet, csi, source.accessModes !== undefined);
  else if (image)
    lines('Image (a container image or OCI artifact)', {
      Reference: image.reference ?? '',
      PullPolicy: image.pullPolicy ?? '',
    });
  else if (local) lines('LocalVolume (a persistent volume backed by local storage on a node)', { Path: local.path });
  else sheet.line(1, '<unknown>');
}

function describeProjected(sheet: Sheet, { sources = [] }: NonNullable<Volume['projected']>): void {
  sheet.line(2, 'Type:\tProjected (a volume that contains injected data from multiple sources)');
  for (const { secret, downwardAPI, configMap, serviceAccountToken } of sources ?? []) {
    if (secret) {
      sheet.line(2, `SecretName:\t${secret.name}`);
      sheet.line(2, `Optional:\t${secret.optional === true}`);
    } else if (downwardAPI) sheet.line(2, 'DownwardAPI:\ttrue');
    else if (configMap) {
      sheet.line(2, `ConfigMapName:\t${configMap.name}`);
      sheet.line(2, `Optional:\t${configMap.optional === true}`);
    } else if (serviceAccountToken) {
      sheet.line(2, `TokenExpirationSeconds:\t${serviceAccountToken.expirationSeconds}`);
    }
  }
}

interface Csi {
  driver: string;
  fsType?: string;
  volumeHandle?: string;
  readOnly?: boolean;
  volumeAttributes?: Record<string, string>;
}

function describeCsi(
  sheet: Sheet,
  { driver, fsType = '', volumeHandle, readOnly, volumeAttributes }: Csi,
  isPersistent: boolean,
): void {
  sheet.line(2, 'Type:\tCSI (a Container Storage Interface (CSI) volume source)');
  sheet.line(2, `Driver:\t${driver}`);
  sheet.line(2, `FSType:\t${fsType}`);
  if (isPersistent) sheet.line(2, `VolumeHandle:\t${volumeHandle}`);
  sheet.line(2, `ReadOnly:\t${readOnly === true}`);
  const lines = sortedEntries(volumeAttributes).map(([key, value]) => `${key}=${value}`);
  if (lines.length === 0) sheet.line(2, 'VolumeAttributes:\t<none>');
  for (const [index, line] of lines.entries())
    sheet.line(2, index === 0 ? `VolumeAttributes:\t${line}` : `    \t${line}`);
}
