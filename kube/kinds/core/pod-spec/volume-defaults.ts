/** Defaults of a volume (`pkg/apis/core/v1/defaults.go` and the declared ones). */
import type { Volume } from '../../../types.ts';
import { applyResourceDefaults } from './container-defaults.ts';
import { defaultPullPolicy } from './images.ts';

const FILE_MODE = 0o644;
const TOKEN_SECONDS = 3600;

interface FieldItems {
  items?: { fieldRef?: { apiVersion?: string } }[];
}

function applyFieldRefDefaults(source: FieldItems | undefined): void {
  for (const { fieldRef } of source?.items ?? []) if (fieldRef) fieldRef.apiVersion ||= 'v1';
}

export function applyVolumeDefaults(volume: Volume): void {
  if (Object.entries(volume).every(([field, value]) => field === 'name' || value === undefined || value === null)) {
    volume.emptyDir = {};
  }
  if (volume.hostPath) volume.hostPath.type ??= '';
  for (const source of [volume.secret, volume.configMap, volume.downwardAPI, volume.projected]) {
    if (source) source.defaultMode ??= FILE_MODE;
  }
  applyFieldRefDefaults(volume.downwardAPI);
  for (const { downwardAPI, serviceAccountToken } of volume.projected?.sources ?? []) {
    applyFieldRefDefaults(downwardAPI);
    if (serviceAccountToken) serviceAccountToken.expirationSeconds ??= TOKEN_SECONDS;
  }
  if (volume.image) volume.image.pullPolicy ||= defaultPullPolicy(volume.image.reference);
  const template = volume.ephemeral?.volumeClaimTemplate;
  if (template) {
    template.metadata ??= {};
    template.spec.volumeMode ??= 'Filesystem';
    applyResourceDefaults(template.spec.resources);
  }
  if (volume.iscsi) volume.iscsi.iscsiInterface ||= 'default';
  if (volume.rbd) {
    volume.rbd.pool ||= 'rbd';
    volume.rbd.user ||= 'admin';
    volume.rbd.keyring ||= '/etc/ceph/keyring';
  }
  if (volume.azureDisk) {
    volume.azureDisk.cachingMode ??= 'ReadWrite';
    volume.azureDisk.fsType ??= 'ext4';
    volume.azureDisk.readOnly ??= false;
    volume.azureDisk.kind ??= 'Shared';
  }
  if (volume.scaleIO) {
    volume.scaleIO.storageMode ||= 'ThinProvisioned';
    volume.scaleIO.fsType ||= 'xfs';
  }
}
