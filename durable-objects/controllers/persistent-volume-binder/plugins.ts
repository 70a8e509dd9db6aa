/**
 * The plugins that upstream's controller has beside external provisioners (`app/plugins.go`): hostPath volumes can be
 * recycled and, beneath /tmp, deleted; NFS ones recycled; the provisioning of hostPath volumes is off unless it is asked for.
 */
import type { PersistentVolume } from '../../../kube/types.ts';

export const IN_TREE = 'kubernetes.io/';
export const HOST_PATH = 'kubernetes.io/host-path';
const KNOWN: readonly string[] = [HOST_PATH, 'kubernetes.io/nfs'];

/** Why no plugin of Kubernetes' own can do something (`VolumePluginMgr`); undefined where HOST_PATH can. */
export function lacking(ability: 'provisionable' | 'deletable', plugin: string): string | undefined {
  if (plugin === HOST_PATH) return undefined;
  if (KNOWN.includes(plugin)) return `no ${ability} volume plugin matched`;
  return `no volume plugin matched name: ${plugin}`;
}

/** The plugin of a volume, as metrics name it (`getPVPluginName`). */
export function pluginName(spec: PersistentVolume['spec']): string {
  if (spec?.hostPath) return HOST_PATH;
  return spec?.nfs ? 'kubernetes.io/nfs' : 'N/A';
}

/** Why a volume that no provisioner made cannot be deleted; undefined where it can. */
export function undeletable({ metadata, spec }: PersistentVolume): string | undefined {
  if (spec?.hostPath) return undefined;
  const why = spec?.nfs ? 'no deletable volume plugin matched' : 'no volume plugin matched';
  return `error getting deleter volume plugin for volume ${JSON.stringify(metadata.name)}: ${why}`;
}
