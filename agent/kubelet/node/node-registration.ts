/**
 * Makes the Node object of this machine, or takes the one that is there (kubelet `kubelet_node_status.go`,
 * registerWithAPIServer).
 */
import type { Node } from '../../../kube/types.ts';
import { type Api, ApiError, STRATEGIC_MERGE } from '../../api/client.ts';
import type { Log } from '../../log.ts';
import type { MachineFacts } from './machine.ts';
import { nodeLabels } from './node-status.ts';

export interface Registration {
  name: string;
  facts: MachineFacts;
  podCIDR?: string;
}

export async function registerNode(registration: Registration, { api, log }: { api: Api; log: Log }): Promise<Node> {
  const { name, facts, podCIDR } = registration;
  const labels = nodeLabels(registration);
  const spec = podCIDR ? { podCIDR, podCIDRs: [podCIDR] } : {};
  try {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec };
    const made = await api.request<Node>('POST', '/api/v1/nodes', node);
    log.info(`registered node ${name} (${facts.cpus} CPUs, ${facts.osImage})`);
    return made;
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 409)) throw error;
  }
  const path = `/api/v1/nodes/${name}`;
  const known = await api.request<Node>('GET', path);
  const stale = Object.entries(labels).some(([key, value]) => known.metadata.labels?.[key] !== value);
  return stale ? await api.request<Node>('PATCH', path, { metadata: { labels } }, STRATEGIC_MERGE) : known;
}
