/** Nodes, pods with claims to volumes of a driver, and their attachments in a harness. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Node, VolumeAttachment } from '../../../../kube/types.ts';
import { attachDetachController } from '../../attachdetach-controller.ts';
import { Harness } from '../../runtime/testing/harness.ts';
import { ATTACHMENTS, attachmentName, DRIVERS, uniqueName } from '../facts.ts';

const DRIVER = 'example.com/disk';

export class TestAttachments {
  readonly harness = new Harness([attachDetachController]);

  async node(name: string, more: { annotations?: Record<string, string>; taints?: object[]; ready?: boolean } = {}) {
    const {
      annotations = { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
      taints,
      ready = true,
    } = more;
    await this.harness.api.apply('nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, annotations },
      spec: { taints },
      status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'Unknown' }] },
    });
  }

  /** A claim that is bound to a volume of its name. */
  async claim(name: string, accessModes: string[] = ['ReadWriteOnce'], volumeHandle = `h-${name}`): Promise<void> {
    const { api } = this.harness;
    const { metadata } = await api.apply('persistentvolumeclaims', {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace: 'default', annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
      spec: { volumeName: `pv-${name}` },
      status: { phase: 'Bound' },
    });
    await api.apply('persistentvolumes', {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `pv-${name}` },
      spec: {
        accessModes,
        claimRef: { namespace: 'default', name, uid: metadata.uid },
        csi: { driver: DRIVER, volumeHandle },
      },
      status: { phase: 'Bound' },
    });
  }

  driver(attachRequired: boolean): Promise<KubeObject> {
    const object = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSIDriver',
      metadata: { name: DRIVER },
      spec: { attachRequired },
    };
    return this.harness.api.apply(DRIVERS, object);
  }

  pod(name: string, nodeName: string, ...claims: string[]): Promise<KubeObject> {
    return this.harness.api.apply('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec: {
        nodeName,
        volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
      },
      status: { phase: 'Pending' },
    });
  }

  removePod(name: string): Promise<void> {
    return this.harness.api.remove('pods', 'default', name);
  }

  async settle(): Promise<this> {
    await this.harness.settle(900);
    return this;
  }

  async later(ms: number): Promise<this> {
    await this.harness.until(this.harness.time.now() + ms);
    return this.settle();
  }

  nameOf(claim: string, node: string): string {
    return attachmentName({ driver: DRIVER, handle: `h-${claim}` }, node);
  }

  unique(claim: string): string {
    return uniqueName({ driver: DRIVER, handle: `h-${claim}` });
  }

  attachment(claim: string, node: string): VolumeAttachment | undefined {
    return this.harness.api.read<VolumeAttachment>(ATTACHMENTS, '', this.nameOf(claim, node));
  }

  /** As the driver's attacher does it. */
  async attach(claim: string, node: string, status: object = { attached: true }): Promise<void> {
    await this.harness.api.patch(ATTACHMENTS, '', this.nameOf(claim, node), { status }, true);
    await this.settle();
  }

  async nodeStatus(name: string, status: object): Promise<void> {
    await this.harness.api.patch('nodes', '', name, { status }, true);
    await this.settle();
  }

  attached(name: string): string[] {
    const { volumesAttached = [] } = this.harness.api.read<Node>('nodes', '', name)?.status ?? {};
    return volumesAttached.map((one) => one.name);
  }

  get events(): string[] {
    return this.harness.api
      .all<{ reason: string; message: string; involvedObject: { name: string } }>('events/')
      .map(({ reason, message, involvedObject }) => `${reason} ${involvedObject.name}: ${message}`);
  }
}
