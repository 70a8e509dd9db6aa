/** Where an object is in the API, from what the history says of it. */

export interface About {
  /** `deployments.apps` */
  resource: string;
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
}

const pluralOf = (resource: string) => resource.split('.', 1)[0] ?? '';

export function objectPath({ resource, apiVersion, namespace, name }: About): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const within = namespace === '' ? '' : `/namespaces/${namespace}`;
  return `${root}${within}/${pluralOf(resource)}/${encodeURIComponent(name)}`;
}

/** As the page's addresses name its kind: `apps/v1/deployments`. */
export function kindId({ resource, apiVersion }: About): string {
  return `${apiVersion}/${pluralOf(resource)}`;
}

export function titleOf({ resource, namespace, name }: Pick<About, 'resource' | 'namespace' | 'name'>): string {
  return `${resource}/${name}${namespace === '' ? '' : ` (${namespace})`}`;
}
