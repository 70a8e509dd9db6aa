/** Evicts pods and waits until they are gone, as kubectl does: what a budget does not allow is tried again. */
import type { Pod } from '../../../../kube/types.ts';
import type { Api, ApiError } from '../../api/request.ts';

export interface EvictPorts {
  api: Pick<Api, 'post'>;
  /** Whether the pod is still there, and not another one of its name. */
  isThere(pod: Pod): boolean;
  sleep(milliseconds: number): Promise<void>;
  stopped(): boolean;
  /** `namespace/name`, and what holds it up, in the server's words; nothing when it is gone. */
  told(pod: Pod, holding: string | undefined, gone: boolean): void;
}

const RETRY_MS = 5_000;
const LOOK_MS = 300;
/** Pods that are on their way at once. */
const AT_ONCE = 8;

/** The errors that ended the eviction of a pod. */
export async function evict(pods: readonly Pod[], ports: EvictPorts): Promise<ApiError[]> {
  const errors: ApiError[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let pod = pods[next++]; pod && !ports.stopped(); pod = pods[next++]) {
      try {
        await evictOne(pod, ports);
      } catch (error) {
        errors.push(error as ApiError);
        ports.told(pod, (error as Error).message, false);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, pods.length) }, work));
  return errors;
}

async function evictOne(pod: Pod, { api, isThere, sleep, stopped, told }: EvictPorts): Promise<void> {
  const { name = '', namespace = '' } = pod.metadata;
  const path = `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(name)}`;
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
  for (let accepted = false; !accepted; ) {
    if (stopped()) return;
    try {
      await api.post(`${path}/eviction`, body);
      accepted = true;
    } catch (error) {
      const { code, message } = error as ApiError;
      if (code === 404) break;
      if (code !== 429) throw error;
      told(pod, message, false);
      await sleep(RETRY_MS);
    }
  }
  told(pod, undefined, false);
  while (!stopped()) {
    if (!isThere(pod)) return told(pod, undefined, true);
    await sleep(LOOK_MS);
  }
}
