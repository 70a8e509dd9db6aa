import type { Check } from './lesson.ts';

/** The API path of a resource (`v1/pods`, `apps/v1/deployments`) in a namespace, or in the cluster. */
export function collectionPath(resource: string, namespace: string | undefined): string {
  const parts = resource.split('/');
  const plural = parts.pop() ?? '';
  const root = parts.length === 1 ? `/api/${parts[0]}` : `/apis/${parts.join('/')}`;
  return `${root}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${plural}`;
}

/** The list of the objects that a check asks for. */
export function pathOf({ get, namespace, name, labels }: Omit<Check, 'is'>): string {
  const query = new URLSearchParams();
  if (name !== undefined) query.set('fieldSelector', `metadata.name=${name}`);
  if (labels !== undefined) query.set('labelSelector', labels);
  return `${collectionPath(get, namespace)}${query.size > 0 ? `?${query}` : ''}`;
}
