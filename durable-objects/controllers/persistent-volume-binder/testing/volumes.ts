/** Volumes, claims and classes in a harness with the binder. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../../kube/types.ts';
import { persistentVolumeBinder } from '../../persistent-volume-binder.ts';
import type { Controller } from '../../runtime/controller.ts';
import type { Effects } from '../../runtime/plan.ts';
import { Harness } from '../../runtime/testing/harness.ts';

const VOLUMES = 'persistentvolumes';
const CLAIMS = 'persistentvolumeclaims';

export class TestVolumes {
  readonly harness: Harness;

  constructor(controllers: readonly Controller[] = [persistentVolumeBinder], effects: Effects = {}) {
    this.harness = new Harness(controllers, effects);
  }

  /** A volume of 1Gi on a host; `spec` over that. */
  async volume(name: string, spec: object = {}, metadata: object = {}): Promise<PersistentVolume> {
    const made = await this.harness.api.apply(VOLUMES, {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name, ...metadata },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        volumeMode: 'Filesystem',
        persistentVolumeReclaimPolicy: 'Retain',
        hostPath: { path: `/data/${name}` },
        ...spec,
      },
      status: { phase: 'Pending' },
    });
    return made as unknown as PersistentVolume;
  }

  /** A claim to 1Gi; `spec` over that. */
  async claim(name: string, spec: object = {}, metadata: object = {}): Promise<PersistentVolumeClaim> {
    const made = await this.harness.api.apply(CLAIMS, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace: 'default', ...metadata },
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
        volumeMode: 'Filesystem',
        ...spec,
      },
      status: { phase: 'Pending' },
    });
    return made as unknown as PersistentVolumeClaim;
  }

  storageClass(name: string, provisioner: string, more: object = {}, metadata: object = {}): Promise<KubeObject> {
    return this.harness.api.apply('storageclasses.storage.k8s.io', {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name, ...metadata },
      provisioner,
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'Immediate',
      ...more,
    });
  }

  pod(name: string, claimName: string, more: { spec?: object; status?: object } = {}): Promise<KubeObject> {
    return this.harness.api.apply('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }], ...more.spec },
      status: { phase: 'Pending', ...more.status },
    });
  }

  async settle(): Promise<this> {
    await this.harness.settle(900);
    return this;
  }

  async later(ms: number): Promise<this> {
    await this.harness.until(this.harness.time.now() + ms);
    return this.settle();
  }

  readVolume(name: string): PersistentVolume | undefined {
    return this.harness.api.read<PersistentVolume>(VOLUMES, '', name);
  }

  readClaim(name: string): PersistentVolumeClaim | undefined {
    return this.harness.api.read<PersistentVolumeClaim>(CLAIMS, 'default', name);
  }

  change(what: 'volume' | 'claim', name: string, patch: object, status = false): Promise<void> {
    const [resource, namespace] = what === 'volume' ? [VOLUMES, ''] : [CLAIMS, 'default'];
    return this.harness.api.patch(resource, namespace, name, patch, status);
  }

  remove(what: 'volume' | 'claim', name: string): Promise<void> {
    const [resource, namespace] = what === 'volume' ? [VOLUMES, ''] : [CLAIMS, 'default'];
    return this.harness.api.remove(resource, namespace, name);
  }

  /** `Bound to a`, `Pending`, `Lost`. */
  state(name: string): string {
    const { spec, status } = this.readClaim(name) ?? {};
    return `${status?.phase}${status?.phase === 'Bound' ? ` to ${spec?.volumeName}` : ''}`;
  }

  phase(name: string): string | undefined {
    return this.readVolume(name)?.status?.phase;
  }

  /** `Warning ClaimLost claim: message`, one for each that was told, however often. */
  get events(): string[] {
    return this.harness.api
      .all<{ type: string; reason: string; message: string; involvedObject: { name: string } }>('events/')
      .map(({ type, reason, message, involvedObject }) => `${type} ${reason} ${involvedObject.name}: ${message}`);
  }
}
