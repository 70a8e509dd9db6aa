/** Who is signed in, and which clusters there are: the cookie that the one-time code was traded for says it. */
export interface ClusterRef {
  id: string;
  name: string;
}

/** An answer that is no success, in the server's own words. */
export class RequestError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'RequestError';
    this.status = status;
  }
}

export async function getText(path: string, signal?: AbortSignal): Promise<string> {
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

export function messageOf(text: string, status: number): string {
  try {
    const { message } = JSON.parse(text) as { message?: string };
    if (message) return message;
  } catch {
    // not a Status: the text itself is all there is
  }
  return text || `the server answered ${status}`;
}
