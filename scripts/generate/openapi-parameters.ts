/** The parameters of a published OpenAPI document of version 2. */
import type { DescribedParameter } from '../../kube/machinery/openapi/parameters.ts';

interface PublishedParameter {
  $ref?: string;
  name: string;
  in: string;
  type: DescribedParameter['type'];
  description: string;
}

interface PublishedOperation {
  parameters?: PublishedParameter[];
  'x-kubernetes-group-version-kind'?: { kind: string };
}

export interface Swagger {
  paths: Record<string, Record<string, PublishedOperation> & { parameters?: PublishedParameter[] }>;
  parameters: Record<string, PublishedParameter>;
  definitions: Record<
    string,
    { description?: string; properties?: Record<string, { description?: string }>; [extension: string]: unknown }
  >;
}

const PREFIX = '#/parameters/';
const COLLECTION = '/api/v1/namespaces/{namespace}/configmaps';
/** Paths with the parameters of one kind of options, and that kind. */
const CONNECT: [path: string, options: string][] = [
  ['/api/v1/namespaces/{namespace}/pods/{name}/log', 'PodLogOptions'],
  ...['attach', 'exec', 'portforward', 'proxy'].map((name): [string, string] => [
    `/api/v1/namespaces/{namespace}/pods/{name}/${name}`,
    `Pod${{ attach: 'Attach', exec: 'Exec', portforward: 'PortForward', proxy: 'Proxy' }[name]}Options`,
  ]),
  ['/api/v1/namespaces/{namespace}/services/{name}/proxy', 'ServiceProxyOptions'],
  ['/api/v1/nodes/{name}/proxy', 'NodeProxyOptions'],
];

export interface PublishedParameters {
  /** Those of the verbs, and `namespace` and `path`; that of a patch whose text is another as `patch.NAME`. */
  shared: Record<string, DescribedParameter>;
  /** By kind of options: parameters by name. */
  connect: Record<string, Record<string, DescribedParameter>>;
}

export function parametersOf({ paths, parameters }: Swagger): PublishedParameters {
  const list = (path: string, method: string): [string, DescribedParameter, string][] => {
    const item = paths[path];
    const all = [...(item?.parameters ?? []), ...((item?.[method] as PublishedOperation)?.parameters ?? [])];
    return all.map(({ $ref, ...inline }) => {
      const key = $ref?.slice(PREFIX.length);
      const { name, in: place, type, description } = key === undefined ? inline : (parameters[key] ?? inline);
      return [name, { type, description, ...(key !== undefined && { shared: key }) }, place];
    });
  };
  const shared: Record<string, DescribedParameter> = {};
  const add = (entries: ReturnType<typeof list>, prefix = ''): void => {
    for (const [name, parameter, place] of entries) {
      if (place === 'body' || name === 'name') continue;
      const known = shared[name];
      if (known && JSON.stringify(known) !== JSON.stringify(parameter)) shared[prefix + name] = parameter;
      else shared[name] = parameter;
    }
  };
  for (const method of ['get', 'post', 'delete']) add(list(COLLECTION, method));
  add(list(`${COLLECTION}/{name}`, 'put'));
  add(list(`${COLLECTION}/{name}`, 'patch'), 'patch.');
  const withPath = list('/api/v1/nodes/{name}/proxy/{path}', 'get').filter(([, , place]) => place === 'path');
  add(withPath);
  const connect: PublishedParameters['connect'] = {};
  for (const [path, options] of CONNECT) {
    const found = list(path, 'get').filter(([name, , place]) => place === 'query' && name !== 'pretty');
    connect[options] = Object.fromEntries(found.map(([name, parameter]) => [name, parameter]));
  }
  return { shared: sortedBy(shared), connect };
}

function sortedBy<T>(fields: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
}
