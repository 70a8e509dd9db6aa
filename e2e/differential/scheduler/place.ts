/** One of the two clusters, without controllers or kubelets: it is filled, and pods are sent to its scheduler. */
import { setTimeout } from 'node:timers/promises';
import { Side } from '../controllers/side.ts';
import type { Json } from '../mutations.ts';
import { allocated, deviceClasses } from './devices.ts';
import { NAMESPACES, PRIORITIES } from './generate.ts';
import type { Outcome, State } from './possible.ts';

const MERGE = 'application/merge-patch+json';
const LOOK_MS = 20;
const MOST_MS = 15_000;
const DISRUPTED = 'poddisruptionbudgets';
const DEVICES = '/apis/resource.k8s.io/v1';
/** Without a namespace. */
const OF_DEVICES = ['deviceclasses', 'resourceslices'];

const pathOf = ({ metadata }: Json): string => `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
const nameOf = ({ metadata }: Json): string => `${metadata.namespace}/${metadata.name}`;
const claimsOf = (namespace: string): string => `${DEVICES}/namespaces/${namespace}/resourceclaims`;
const at = (namespace: string, plural: string): string =>
  `${plural === DISRUPTED ? '/apis/policy/v1' : '/api/v1'}/namespaces/${namespace}/${plural}`;

export class Place extends Side {
  /** Namespaces, their accounts, and classes of priority. */
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
    for (const one of deviceClasses()) await this.must('POST', `${DEVICES}/deviceclasses`, one);
  }

  /** False for one that is no valid claim. */
  async addClaim(claim: Json): Promise<boolean> {
    const { status } = await this.send('POST', claimsOf(claim.metadata.namespace), claim);
    return status < 400;
  }

  /** The claim that a pod uses. */
  async claimOf({ metadata, spec }: Json): Promise<Json | undefined> {
    const name = spec.resourceClaims?.[0]?.resourceClaimName;
    return name && (await this.must('GET', `${claimsOf(metadata.namespace)}/${name}`));
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
    if (kind === 'ResourceSlice') {
      await this.must('POST', `${DEVICES}/resourceslices`, object);
      return;
    }
    const list = at(metadata.namespace, kind === 'Service' ? 'services' : DISRUPTED);
    await this.must('POST', list, object);
    if (status) await this.must('PATCH', `${list}/${metadata.name}/status`, { status }, MERGE);
  }

  async list(path: string): Promise<Json[]> {
    return (await this.must('GET', path)).items;
  }

  async state(): Promise<State> {
    const others: Record<string, Json> = {};
    for (const one of await this.list('/api/v1/namespaces')) others[`namespaces//${one.metadata.name}`] = one;
    for (const one of await this.list('/api/v1/services')) others[`services/${nameOf(one)}`] = one;
    for (const one of await this.list(`/apis/policy/v1/${DISRUPTED}`))
      others[`${DISRUPTED}.policy/${nameOf(one)}`] = one;
    for (const plural of OF_DEVICES) {
      const found = await this.list(`${DEVICES}/${plural}`);
      for (const one of found) others[`${plural}.resource.k8s.io//${one.metadata.name}`] = one;
    }
    for (const one of await this.list(`${DEVICES}/resourceclaims`))
      others[`resourceclaims.resource.k8s.io/${nameOf(one)}`] = one;
    return { nodes: await this.list('/api/v1/nodes'), pods: await this.list('/api/v1/pods'), others };
  }

  /** The first outcome of a new pod; undefined for one that is no valid pod. */
  async outcome(pod: Json): Promise<Outcome | undefined> {
    const { status: code } = await this.send('POST', at(pod.metadata.namespace, 'pods'), pod);
    if (code >= 400) return undefined;
    for (const end = Date.now() + MOST_MS; Date.now() < end; ) {
      const { spec, status } = await this.must('GET', pathOf(pod));
      if (spec.nodeName) {
        const devices = allocated(await this.claimOf(pod));
        return { node: spec.nodeName, message: '', nominated: '', victims: [], devices };
      }
      const told = status.conditions?.find(({ type }: Json) => type === 'PodScheduled');
      if (told?.status === 'False') return this.#unschedulable(pod, told.message);
      await setTimeout(LOOK_MS);
    }
    throw new Error(`${this.name}: ${nameOf(pod)} was not decided on`);
  }

  /** Without a word on preemption there are victims, which are marked a moment after the condition. */
  async #unschedulable(pod: Json, message: string): Promise<Outcome> {
    await setTimeout(message.includes(' preemption: ') ? 0 : 400);
    const { status } = await this.must('GET', pathOf(pod));
    const going = (await this.list('/api/v1/pods')).filter(({ metadata }) => metadata.deletionTimestamp);
    const victims = going.map(nameOf).sort();
    return { node: '', message, nominated: status.nominatedNodeName ?? '', victims, devices: [] };
  }

  /** As kubelets do: pods have started at a time of their own. */
  async started(pod: Json, second: number): Promise<void> {
    const startTime = new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString().replace('.000', '');
    await this.must('PATCH', `${pathOf(pod)}/status`, { status: { phase: 'Running', startTime } }, MERGE);
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
    for (const { metadata } of await this.list(`${DEVICES}/resourceslices`))
      await this.must('DELETE', `${DEVICES}/resourceslices/${metadata.name}`);
    for (const namespace of Object.keys(NAMESPACES)) {
      for (const { metadata } of await this.list(claimsOf(namespace))) {
        const path = `${claimsOf(namespace)}/${metadata.name}`;
        await this.must('PATCH', path, { metadata: { finalizers: null } }, MERGE);
        await this.must('DELETE', path);
      }
      for (const plural of ['services', DISRUPTED]) {
        for (const { metadata } of await this.list(at(namespace, plural))) {
          await this.must('DELETE', `${at(namespace, plural)}/${metadata.name}`);
        }
      }
    }
  }
}
