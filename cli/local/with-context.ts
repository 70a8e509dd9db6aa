/** A new cluster's context in the kubeconfig. */
import type { NewCluster } from '../../wire/rpc.ts';
import { checkKubeconfig, editKubeconfig, kubeconfigPath, mergeKubeconfig } from './kubeconfig.ts';
import type { Service } from './service-file.ts';

/** Makes a cluster, where it can be told of, and answers the words about its context. */
export async function withContext(
  service: Service,
  kubeconfig: string | undefined,
  make: () => Promise<NewCluster>,
): Promise<string> {
  const path = kubeconfigPath(kubeconfig, process.env, service.kubeconfig);
  await checkKubeconfig(path);
  const { id, name, token } = await make();
  const entry = { name: `islet-${name}`, server: `${service.server}/clusters/${id}`, token, ca: service.ca };
  await editKubeconfig(path, (text) => mergeKubeconfig(text, entry));
  return `context islet-${name} in ${path}, the current one now`;
}
