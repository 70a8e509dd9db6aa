/** The session of this browser (the cookie that a one-time code was traded for), and the clusters that it may see. */
import { Api, ApiError } from './request.ts';

export interface ClusterRef {
  id: string;
  name: string;
}

const SIGNED_OUT =
  'You are not signed in here, or your session is over. Open the address that `npm start` printed; `npx islet dashboard` prints a fresh one.';
const NO_ANSWER = 'Islet does not answer.';

/** The service's own paths. */
export const service = new Api('');

export async function listClusters(): Promise<ClusterRef[]> {
  const { items } = await service.get<{ items: ClusterRef[] }>('/islet/v1/clusters');
  return items;
}

/** The cluster that an address names; for one that names none, the cluster `default`, or else the first. */
export function chooseCluster(clusters: readonly ClusterRef[], wanted: string | undefined): ClusterRef | undefined {
  const found = clusters.find(({ name }) => name === (wanted ?? 'default'));
  return found ?? (wanted === undefined ? clusters[0] : undefined);
}

/** The text for a request that failed, and whether trying again may help by itself. */
export function explain(error: unknown): { text: string; passes: boolean } {
  if (!(error instanceof ApiError) || error.code === 0) return { text: NO_ANSWER, passes: true };
  if (error.code === 401) return { text: SIGNED_OUT, passes: false };
  return { text: `Islet answers: ${error.message}`, passes: error.code >= 500 || error.code === 429 };
}

/** A socket that does not open carries no reason, so the question is asked again in a way that is answered. */
export async function whyOffline({ id, name }: ClusterRef): Promise<{ text: string; passes: boolean }> {
  try {
    const clusters = await listClusters();
    return clusters.some((cluster) => cluster.id === id)
      ? { text: 'The connection to Islet broke.', passes: true }
      : { text: `The cluster ${name} is gone.`, passes: false };
  } catch (error) {
    return explain(error);
  }
}
