import type { Pod } from '../../../kube/types.ts';
import { type Api, ApiError } from '../../api/client.ts';

/** Takes a pod that is over out of the API, and no other of its name: one that is gone already is no error. */
export async function deletePod(api: Api, { metadata: { namespace, name, uid } }: Pod): Promise<void> {
  try {
    await api.request('DELETE', `/api/v1/namespaces/${namespace}/pods/${name}`, {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      gracePeriodSeconds: 0,
      preconditions: { uid },
    });
  } catch (error) {
    if (!(error instanceof ApiError && (error.code === 404 || error.code === 409))) throw error;
  }
}
