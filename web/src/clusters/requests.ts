/** Requests of the page of clusters to the service. */
import type { HistoryRange } from '../../../wire/history.ts';
import type { ClusterOffer } from '../../../wire/moves-rpc.ts';
import type { ClusterSummary, DeletedCluster, NewCluster } from '../../../wire/rpc.ts';
import { Api, ApiError, errorFrom } from '../api/request.ts';
import { type ClusterRef, service } from '../api/session.ts';

const CLUSTERS = '/islet/v1/clusters';

const pathOf = (name: string) => `${CLUSTERS}/${encodeURIComponent(name)}`;

export const create = (name: string, simulatedNodes: number) =>
  service.post<NewCluster>(CLUSTERS, { name, simulatedNodes });
export const fork = (name: string, as: string, revision?: number) =>
  service.post<NewCluster>(`${pathOf(name)}/fork`, { as, revision });
export const remove = (name: string) => service.delete<ClusterSummary & { until?: string }>(pathOf(name));
export const offer = (name: string) => service.post<ClusterOffer>(`${pathOf(name)}/offer`, {});
export const accept = (code: string) => service.post<ClusterSummary>('/islet/v1/offers/accept', { code });
export const leave = (id: string) => service.delete<ClusterSummary>(`/islet/v1/memberships/${encodeURIComponent(id)}`);
/** By its id: several that were deleted may have had one name. */
export const undelete = (id: string, as: string) =>
  service.post<ClusterSummary>(`/islet/v1/deleted-clusters/${encodeURIComponent(id)}/undelete`, { as });

export async function listDeleted(): Promise<DeletedCluster[]> {
  return (await service.get<{ items: DeletedCluster[] }>('/islet/v1/deleted-clusters')).items;
}

/** The body is the file as it is, read as it is sent. */
export async function importFile(name: string, file: File): Promise<NewCluster> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const type = first === 0x1f && second === 0x8b ? 'application/gzip' : 'application/yaml';
  const sent = { method: 'POST', headers: { 'Content-Type': type }, body: file };
  const response = await fetch(`${pathOf(name)}/import`, sent).catch((error: unknown) => {
    throw new ApiError({ reason: 'NoAnswer', message: String(error) });
  });
  const text = await response.text();
  if (!response.ok) throw errorFrom(text, response.status);
  return JSON.parse(text) as NewCluster;
}

/** The revision that a cluster had at a time, where it is kept. */
export async function revisionAt({ id }: ClusterRef, time: string): Promise<number | undefined> {
  const { at, oldest } = await history(id, time);
  return Date.parse(time) < Date.parse(oldest.time) ? undefined : at?.revision;
}

export function history(id: string, time?: string): Promise<HistoryRange> {
  return new Api(`/clusters/${id}`).get('/islet/v1/history', { query: { time } });
}

export interface Counts {
  range: HistoryRange;
  nodes: number;
  pods: number;
  namespaces: number;
}

/** Lists of one object say how many there are beyond it. */
export async function counts(id: string): Promise<Counts> {
  const api = new Api(`/clusters/${id}`);
  const count = async (plural: string): Promise<number> => {
    const { items, metadata } = await api.get<{ items: unknown[]; metadata: { remainingItemCount?: number } }>(
      `/api/v1/${plural}`,
      { query: { limit: 1 } },
    );
    return items.length + (metadata.remainingItemCount ?? 0);
  };
  const [range, nodes, pods, namespaces] = await Promise.all([
    history(id),
    count('nodes'),
    count('pods'),
    count('namespaces'),
  ]);
  return { range, nodes, pods, namespaces };
}
