/** OpenAPI version 3: one document per group version, and the index of them (kube-openapi `handler3`). */
import type { KindDescriptor } from '../../kinds/define.ts';
import { collectDefinitions, type Descriptions, REF_PREFIX } from './definitions.ts';
import { documentInfo, type OpenApiInfo, operationHead, pathsOf, responsesOf } from './document.ts';
import { type Operation, operationsOf, PATCH_TYPES } from './operations.ts';

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
  const { paths, used } = pathsOf(operations, printOperation);
  const schemas = collectDefinitions(used, 'v3', descriptions);
  return { openapi: '3.0.0', info: documentInfo(info), paths, components: { schemas } };
}

/** `hashes`: document path → a hash of its content, by which clients cache it for good. */
export function openApiV3Index(hashes: ReadonlyMap<string, string>): object {
  const paths: Record<string, object> = {};
  for (const [path, hash] of hashes) paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
  return { paths };
}

function printOperation(operation: Operation): object {
  const { body, answer, action } = operation;
  const types = action === 'patch' ? PATCH_TYPES : ['*/*'];
  const content = answer ? { 'application/json': { schema: ref(answer) } } : { '*/*': { schema: { type: 'string' } } };
  return {
    ...operationHead(operation),
    parameters: operation.parameters.map(({ type, ...parameter }) => ({
      ...parameter,
      ...(parameter.in === 'path' ? { required: true } : {}),
      schema: { type, uniqueItems: true },
    })),
    ...(body && { requestBody: { content: Object.fromEntries(types.map((type) => [type, { schema: ref(body) }])) } }),
    responses: responsesOf(operation, { content }),
  };
}

function ref(definition: string): object {
  return { $ref: REF_PREFIX.v3 + definition };
}
