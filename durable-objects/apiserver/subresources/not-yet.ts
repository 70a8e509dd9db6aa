/** Subresources that discovery lists and that aren't built: they answer 501, with an alternative. */
import { notImplemented } from '../errors.ts';
import type { Subresource } from './subresource.ts';

function refuse(message: string): Subresource {
  const verb = (): never => {
    throw notImplemented(message);
  };
  return { get: verb, create: verb, update: verb, patch: verb, delete: verb };
}

export const token = refuse(
  'service account tokens are not issued yet: use a token of the cluster (islet clusters, islet token)',
);
export const ephemeralContainers = refuse(
  'ephemeral containers are not supported yet: kubectl debug on a node works when it can add a pod of its own',
);
export const resize = refuse('pods cannot be resized in place yet: create a new one with other resources');
export const proxy = refuse('proxying HTTP through the API server is not supported yet: use kubectl port-forward');
