/** The runtime handler of a pod's RuntimeClass (kubelet `runtimeclass/runtimeclass_manager.go`). */
import type { Pod, RuntimeClass } from '../../../kube/types.ts';
import { type Api, ApiError } from '../../api/client.ts';
import type { Runtime } from '../../runtimes/runtime.ts';

/** Empty for the default one. Throws when the runtime cannot give the pod what it asks for. */
export async function runtimeHandler(pod: Pod, api: Api, runtime: Pick<Runtime, 'status'>): Promise<string> {
  const name = pod.spec?.runtimeClassName;
  const handler = name ? await handlerOf(name, api) : '';
  if (pod.spec?.hostUsers === false) await checkUserNamespaces(handler, runtime);
  return handler;
}

async function handlerOf(name: string, api: Api): Promise<string> {
  try {
    return (await api.request<RuntimeClass>('GET', `/apis/node.k8s.io/v1/runtimeclasses/${name}`)).handler;
  } catch (error) {
    if (error instanceof ApiError && error.code === 404)
      throw new Error(`runtimeclass.node.k8s.io "${name}" not found`);
    throw new Error(`failed to lookup RuntimeClass ${name}: ${(error as Error).message}`);
  }
}

async function checkUserNamespaces(handler: string, runtime: Pick<Runtime, 'status'>): Promise<void> {
  const { handlers } = await runtime.status();
  if (!handlers.find(({ name }) => name === handler)?.userNamespaces) {
    const which = handler ? `RuntimeClass handler "${handler}"` : 'runtime';
    throw new Error(`can't set \`spec.hostUsers: false\`, ${which} does not support user namespaces`);
  }
  throw new Error("can't set `spec.hostUsers: false`, user namespaces are not built into this node agent yet");
}
