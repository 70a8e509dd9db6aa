/** For tests: folders of their own, and what volumes ask the cluster for. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../kube/types.ts';
import { Folders } from '../files/folders.ts';
import { unmountWithin } from '../files/mount-table.ts';
import { removeTree } from '../files/remove-tree.ts';
import type { VolumeRequest } from '../volumes/volume.ts';

/** Only root may mount. */
export const mayMount = process.platform === 'linux' && process.getuid?.() === 0;

export class TestFolders extends Folders implements AsyncDisposable {
  constructor() {
    super(mkdtempSync(join(tmpdir(), 'islet-volumes-')));
    this.prepare();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (mayMount) await unmountWithin(this.state);
    await removeTree(this.state);
  }
}

export function volumeRequest(pod: Pod, objects: Record<string, KubeObject> = {}): VolumeRequest {
  return {
    pod,
    node: { name: 'n', hostIPs: ['10.0.0.1'], allocatable: { memory: '64Mi' } },
    podIPs: [],
    object: async <T extends KubeObject>(resource: string, name: string) =>
      objects[`${resource}/${name}`] as T | undefined,
    claim: async (name) => objects[`persistentvolumeclaims/${name}`] as PersistentVolumeClaim | undefined,
    persistentVolume: async (name) => objects[`persistentvolumes/${name}`] as PersistentVolume | undefined,
    nodeLabels: async () => ({ 'kubernetes.io/hostname': 'n' }),
    serviceAccountToken: async () => 'token',
  };
}
