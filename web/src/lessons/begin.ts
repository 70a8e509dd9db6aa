import { Api, ApiError } from '../api/request.ts';
import { type ClusterRef, service } from '../api/session.ts';
import { LESSONS } from './config-map.ts';
import type { Lesson } from './lesson.ts';
import { configMapOf } from './progress.ts';

/** `01-rollouts` is done in the cluster `rollouts`. */
export function clusterOf(name: string): string {
  return name.replace(/^\d+-/, '');
}

/** Makes the cluster of a lesson, with the objects that it begins with. */
export async function begin(
  { name, nodes, start }: Lesson,
  cluster = clusterOf(name),
  simulatedNodes = nodes,
): Promise<void> {
  const made = await service.post<ClusterRef>('/islet/v1/clusters', { name: cluster, simulatedNodes });
  const api = new Api(`/clusters/${made.id}`);
  for (const { path, object } of start) await api.post(path, object).catch(unlessThere);
  await api.post(LESSONS, configMapOf({ lesson: name, done: 0 })).catch(unlessThere);
}

function unlessThere(error: unknown): void {
  if (!(error instanceof ApiError) || error.reason !== 'AlreadyExists') throw error;
}
