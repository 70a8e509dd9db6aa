/** One of the two clusters, without controllers or kubelets: it is filled, and pods are sent to its scheduler. */
import { setTimeout } from 'node:timers/promises';
import { Side } from '../controllers/side.ts';
import type { Json } from '../mutations.ts';
import { allocated, deviceClasses, EXTENDED, ofAnyNode } from './devices.ts';
import { NAMESPACES, PRIORITIES } from './generate.ts';
import { decisionOf, hasNode, STORAGE_CLASSES } from './late-volumes.ts';
import { NOTHING, type Outcome, type State } from './possible.ts';

const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const LOOK_MS = 20;
const MOST_MS = 15_000;
/** Until all decisions on a pod's volumes are written. */
const HANDED_OVER_MS = 200;
/** Until a pod whose claims had their node before waits for them, with no decision to write. */
const NOT_WRITTEN_MS = 2000;
const DEVICES = '/apis/resource.k8s.io/v1';

/** The lists of the kinds that are made for a cluster, and their parts of a store's keys. */
const LISTS: Readonly<Record<string, readonly [path: string, key: string]>> = {
  Namespace: ['/api/v1/namespaces', 'namespaces'],
  Service: ['/api/v1/services', 'services'],
  PodDisruptionBudget: ['/apis/policy/v1/poddisruptionbudgets', 'poddisruptionbudgets.policy'],
  PersistentVolumeClaim: ['/api/v1/persistentvolumeclaims', 'persistentvolumeclaims'],
  PersistentVolume: ['/api/v1/persistentvolumes', 'persistentvolumes'],
  CSINode: ['/apis/storage.k8s.io/v1/csinodes', 'csinodes.storage.k8s.io'],
  StorageClass: ['/apis/storage.k8s.io/v1/storageclasses', 'storageclasses.storage.k8s.io'],
  DeviceClass: ['/apis/resource.k8s.io/v1/deviceclasses', 'deviceclasses.resource.k8s.io'],
  ResourceSlice: ['/apis/resource.k8s.io/v1/resourceslices', 'resourceslices.resource.k8s.io'],
  ResourceClaim: ['/apis/resource.k8s.io/v1/resourceclaims', 'resourceclaims.resource.k8s.io'],
};

/** `/api/v1/services` of a namespace. */
function within(list: string, namespace: string | undefined): string {
  if (!namespace) return list;
  const slash = list.lastIndexOf('/');
  return `${list.slice(0, slash)}/namespaces/${namespace}${list.slice(slash)}`;
}

const pathOf = ({ metadata }: Json): string => `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
const nameOf = ({ metadata }: Json): string => `${metadata.namespace}/${metadata.name}`;
const at = (namespace: string, plural: string): string => `/api/v1/namespaces/${namespace}/${plural}`;
const claimsOf = (namespace: string): string => `${DEVICES}/namespaces/${namespace}/resourceclaims`;

export class Place extends Side {
  /** Namespaces, their accounts, and classes of priority, storage and devices. */
  async prepare(): Promise<void> {
    for (const [name, labels] of Object.entries(NAMESPACES)) {
      await this.must('POST', '/api/v1/namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name, labels },
      });
      const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
      await this.must('POST', at(name, 'serviceaccounts'), account);
    }
    for (const [name, value] of Object.entries(PRIORITIES)) {
      await this.must('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', {
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: { name },
        value,
        ...(name === 'patient' ? { preemptionPolicy: 'Never' } : {}),
      });
    }
    for (const one of STORAGE_CLASSES) await this.must('POST', '/apis/storage.k8s.io/v1/storageclasses', one);
    for (const one of deviceClasses()) await this.must('POST', `${DEVICES}/deviceclasses`, one);
  }

  /** False for one that is no valid claim. */
  async addClaim(claim: Json): Promise<boolean> {
    const { status } = await this.send('POST', claimsOf(claim.metadata.namespace), claim);
    return status < 400;
  }

  /** The claim that a pod uses. */
  async claimOf(pod: Json): Promise<Json | undefined> {
    const { metadata, spec } = pod;
    const isExtended = JSON.stringify(spec).includes(EXTENDED);
    const { status } = isExtended ? await this.must('GET', pathOf(pod)) : pod;
    const name = status?.extendedResourceClaimStatus?.resourceClaimName ?? spec.resourceClaims?.[0]?.resourceClaimName;
    return name && (await this.must('GET', `${claimsOf(metadata.namespace)}/${name}`));
  }

  /** The pod goes, and the claim that the scheduler made for it. */
  async forget(pod: Json): Promise<void> {
    const claim = await this.claimOf(pod);
    await this.remove(pod);
    if (!claim) return;
    const path = `${claimsOf(pod.metadata.namespace)}/${claim.metadata.name}`;
    await this.must('PATCH', path, { metadata: { finalizers: null } }, MERGE);
    await this.send('DELETE', path);
  }

  /** The claim of a pod gets the devices that the other cluster's has. */
  async allocate(pod: Json, allocation: Json | undefined): Promise<void> {
    const claim = await this.claimOf(pod);
    const path = `${claimsOf(pod.metadata.namespace)}/${claim?.metadata.name}/status`;
    await this.must('PATCH', path, { status: { allocation: null, reservedFor: null } }, MERGE);
    if (!allocation) return;
    const { uid } = (await this.must('GET', pathOf(pod))).metadata;
    const reservedFor = [{ resource: 'pods', name: pod.metadata.name, uid }];
    await this.must('PATCH', path, { status: { allocation, reservedFor } }, MERGE);
  }

  /** With the status that it has, and without the taint that a node is made with. */
  async add(object: Json): Promise<void> {
    const { kind, metadata, status } = object;
    if (kind === 'Node') {
      await this.must('POST', '/api/v1/nodes', object);
      const path = `/api/v1/nodes/${metadata.name}`;
      await this.must('PATCH', path, { spec: { taints: object.spec.taints ?? null } }, MERGE);
      return;
    }
    const list = within(LISTS[kind]?.[0] ?? '', metadata.namespace);
    await this.must('POST', list, object);
    if (status) await this.must('PATCH', `${list}/${metadata.name}/status`, { status }, MERGE);
  }

  /** Objects of one pod go with it. */
  async drop(objects: readonly Json[]): Promise<void> {
    for (const { kind, metadata } of objects) {
      const path = `${within(LISTS[kind]?.[0] ?? '', metadata.namespace)}/${metadata.name}`;
      await this.must('PATCH', path, { metadata: { finalizers: null } }, MERGE);
      await this.send('DELETE', path);
    }
  }

  async list(path: string): Promise<Json[]> {
    return (await this.must('GET', path)).items;
  }

  async state(): Promise<State> {
    const others: Record<string, Json> = {};
    for (const [list, key] of Object.values(LISTS)) {
      for (const one of await this.list(list)) {
        others[`${key}/${one.metadata.namespace ?? ''}/${one.metadata.name}`] = one;
      }
    }
    return { nodes: await this.list('/api/v1/nodes'), pods: await this.list('/api/v1/pods'), others };
  }

  /** The first outcome of a new pod; undefined for one that is no valid pod. `late`: its claims and volumes. */
  async outcome(pod: Json, late: readonly Json[] = []): Promise<Outcome | undefined> {
    const before = await this.#revisions(late);
    const { status: code } = await this.send('POST', at(pod.metadata.namespace, 'pods'), pod);
    if (code >= 400) return undefined;
    let nominated = 0;
    for (const end = Date.now() + MOST_MS; Date.now() < end; ) {
      const { spec, status } = await this.must('GET', pathOf(pod));
      if (spec.nodeName) {
        const devices = allocated(await this.claimOf(pod));
        return { ...NOTHING, node: spec.nodeName, devices };
      }
      const told = status.conditions?.find(({ type }: Json) => type === 'PodScheduled');
      if (told?.status === 'False') return this.#unschedulable(pod, ofAnyNode(told.message));
      // It may wait for its volumes, which no controller is there to bind.
      const volumes = status.nominatedNodeName && late.length > 0 ? await this.#decisions(late, before) : [];
      if (status.nominatedNodeName) nominated ||= Date.now();
      const isQuiet = nominated > 0 && Date.now() - nominated > NOT_WRITTEN_MS && late.some(hasNode);
      if (volumes.length > 0 || isQuiet) return { ...NOTHING, node: status.nominatedNodeName, volumes };
      await setTimeout(LOOK_MS);
    }
    return { ...NOTHING, message: `${this.name} did not decide on ${nameOf(pod)} in time` };
  }

  /** Without a word on preemption there are victims, which are marked a moment after the condition. */
  async #unschedulable(pod: Json, message: string): Promise<Outcome> {
    await setTimeout(message.includes(' preemption: ') ? 0 : 400);
    const { status } = await this.must('GET', pathOf(pod));
    const going = (await this.list('/api/v1/pods')).filter(({ metadata }) => metadata.deletionTimestamp);
    const victims = going.map(nameOf).sort();
    return { ...NOTHING, message, nominated: status.nominatedNodeName ?? '', victims };
  }

  /** The decisions on volumes that are written while the pod waits. */
  async #decisions(late: readonly Json[], before: ReadonlyMap<string, string>): Promise<string[]> {
    await setTimeout(HANDED_OVER_MS);
    const told: string[] = [];
    for (const object of await this.#current(late)) {
      if (before.get(object.metadata.name) !== object.metadata.resourceVersion) told.push(decisionOf(object));
    }
    return told.sort();
  }

  async #revisions(objects: readonly Json[]): Promise<ReadonlyMap<string, string>> {
    const current = await this.#current(objects);
    return new Map(current.map(({ metadata }) => [metadata.name, metadata.resourceVersion]));
  }

  #current(objects: readonly Json[]): Promise<Json[]> {
    return Promise.all(
      objects.map(({ kind, metadata }) =>
        this.must('GET', `${within(LISTS[kind]?.[0] ?? '', metadata.namespace)}/${metadata.name}`),
      ),
    );
  }

  /** As kubelets do: pods have started at a time of their own, with what they asked for. */
  async started(pod: Json, second: number): Promise<void> {
    const startTime = new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString().replace('.000', '');
    const containerStatuses = pod.spec.containers.map(({ name, image, resources }: Json) => ({
      name,
      image,
      imageID: image,
      ready: true,
      restartCount: 0,
      resources,
      allocatedResources: resources.requests,
    }));
    const status = { phase: 'Running', startTime, containerStatuses };
    await this.must('PATCH', `${pathOf(pod)}/status`, { status }, MERGE);
  }

  /** Another share is wanted for a pod that runs, which its kubelet has not given it yet, or finds infeasible. False where it may not be. */
  async resize(pod: Json, cpu: string, isInfeasible: boolean): Promise<boolean> {
    const containers = [{ name: pod.spec.containers[0].name, resources: { requests: { cpu } } }];
    const { status: code } = await this.send('PATCH', `${pathOf(pod)}/resize`, { spec: { containers } }, STRATEGIC);
    if (code >= 400 || !isInfeasible) return code < 400;
    const conditions = [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible' }];
    await this.must('PATCH', `${pathOf(pod)}/status`, { status: { conditions } }, STRATEGIC);
    return true;
  }

  async remove(pod: Json): Promise<void> {
    await this.send('DELETE', pathOf(pod), { gracePeriodSeconds: 0 });
  }

  /** The pod runs on another node, where the other cluster's does. */
  async move(pod: Json, nodeName: string): Promise<void> {
    await this.remove(pod);
    await this.must('POST', at(pod.metadata.namespace, 'pods'), { ...pod, spec: { ...pod.spec, nodeName } });
  }

  /** Pods that are being deleted are gone. */
  async removeVictims(): Promise<void> {
    for (const pod of await this.list('/api/v1/pods')) if (pod.metadata.deletionTimestamp) await this.remove(pod);
  }

  async clear(): Promise<void> {
    for (const pod of await this.list('/api/v1/pods')) await this.remove(pod);
    for (const { metadata } of await this.list('/api/v1/nodes'))
      await this.must('DELETE', `/api/v1/nodes/${metadata.name}`);
    // Made once.
    const { Namespace: _, DeviceClass: __, StorageClass: ___, ...lists } = LISTS;
    for (const [list] of Object.values(lists)) {
      for (const { metadata } of await this.list(list)) {
        if (metadata.namespace && !Object.hasOwn(NAMESPACES, metadata.namespace)) continue;
        const path = `${within(list, metadata.namespace)}/${metadata.name}`;
        // No controller takes the finalizers away.
        if (metadata.finalizers) await this.must('PATCH', path, { metadata: { finalizers: null } }, MERGE);
        await this.send('DELETE', path);
      }
    }
  }
}
