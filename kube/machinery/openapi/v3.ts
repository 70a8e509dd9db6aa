/** OpenAPI version 3: one document per group version, and the index of them (kube-openapi `handler3`). */
import type { KindDescriptor } from '../../kinds/define.ts';
import { collectDefinitions, type Descriptions, REF_PREFIX } from './definitions.ts';
import { type Operation, operationsOf, PATCH_TYPES } from './operations.ts';

export interface OpenApiInfo {
  /** `v1.36.3+islet` */
  version: string;
}

/** `api/v1` or `apis/apps/v1`, by which the index names documents. */
export function documentPath(group: string, version: string): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

export function openApiV3(
  kinds: readonly KindDescriptor[],
  group: string,
  version: string,
  info: OpenApiInfo,
  descriptions: Descriptions,
): object {
  const operations = kinds.filter((kind) => kind.group === group && kind.version === version).flatMap(operationsOf);
  const paths: Record<string, Record<string, object>> = {};
  const used = new Set<string>();
  for (const operation of operations) {
    paths[operation.path] ??= {};
    const methods = paths[operation.path] as Record<string, object>;
    methods[operation.method] = printOperation(operation);
    for (const name of [operation.body, operation.answer]) if (name) used.add(name);
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: info.version },
    paths,
    components: { schemas: collectDefinitions(used, 'v3', descriptions) },
  };
}

/** `hashes`: document path → a hash of its content, by which clients cache it for good. */
export function openApiV3Index(hashes: ReadonlyMap<string, string>): object {
  const paths: Record<string, object> = {};
  for (const [path, hash] of hashes) paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
  return { paths };
}

function printOperation(operation: Operation): object {
  const { body, answer } = operation;
  const types = operation.action === 'patch' ? PATCH_TYPES : ['*/*'];
  const code = operation.action === 'post' ? '201' : '200';
  const response = answer
    ? { description: 'OK', content: { 'application/json': { schema: ref(answer) } } }
    : { description: 'OK', content: { '*/*': { schema: { type: 'string' } } } };
  return {
    tags: [operation.tag],
    description: operation.description,
    operationId: operation.id,
    parameters: operation.parameters.map(({ type, ...parameter }) => ({
      ...parameter,
      ...(parameter.in === 'path' ? { required: true } : {}),
      schema: { type, uniqueItems: true },
    })),
    ...(body && { requestBody: { content: Object.fromEntries(types.map((type) => [type, { schema: ref(body) }])) } }),
    responses: { [code]: response, '401': { description: 'Unauthorized' } },
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': operation.kind,
  };
}

function ref(definition: string): object {
  return { $ref: REF_PREFIX.v3 + definition };
}
