/** The session of this browser (the cookie that a one-time code was traded for), and the clusters that it may see. */
export interface ClusterRef {
  id: string;
  name: string;
}

/** An answer that is no success, in the server's own words. */
class RequestError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'RequestError';
    this.status = status;
  }
}

const SIGNED_OUT =
  'You are not signed in here, or your session is over. Open the address that `npm start` printed; `npx islet dashboard` prints a fresh one.';
const NO_ANSWER = 'Islet does not answer.';

async function getText(path: string, signal?: AbortSignal): Promise<string> {
  const response = await fetch(path, { signal });
  const text = await response.text();
  if (!response.ok) throw new RequestError(response.status, messageOf(text, response.status));
  return text;
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return JSON.parse(await getText(path, signal)) as T;
}

export async function listClusters(): Promise<ClusterRef[]> {
  const { items } = await getJson<{ items: ClusterRef[] }>('/islet/v1/clusters');
  return items;
}

/** The cluster that an address names; for one that names none, the cluster `default`, or else the first. */
export function chooseCluster(clusters: readonly ClusterRef[], wanted: string | undefined): ClusterRef | undefined {
  const found = clusters.find(({ name }) => name === (wanted ?? 'default'));
  return found ?? (wanted === undefined ? clusters[0] : undefined);
}

/** The text for a request that failed, and whether trying again may help by itself. */
export function explain(error: unknown): { text: string; passes: boolean } {
  if (!(error instanceof RequestError)) return { text: NO_ANSWER, passes: true };
  if (error.status === 401) return { text: SIGNED_OUT, passes: false };
  return { text: `Islet answers: ${error.message}`, passes: error.status >= 500 || error.status === 429 };
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

export function messageOf(text: string, status: number): string {
  try {
    const { message } = JSON.parse(text) as { message?: string };
    if (message) return message;
  } catch {
    // not a Status: the text itself is all there is
  }
  return text || `the server answered ${status}`;
}
