/**
 * OpenAPI documents of aggregated APIs (kube-aggregator `pkg/controllers/openapi` and `openapiv3`): the index of version 3
 * names them, and they are fetched as they are asked for.
 */
import type { AggregatedPart } from '../../../kube/machinery/openapi/aggregated.ts';
import { documentPath } from '../../../kube/machinery/openapi/v3.ts';
import type { RemoteDiscovery } from '../aggregation/discovery.ts';
import { ApiError } from '../errors.ts';
import { OutboundError } from '../outbound.ts';
import { hashOf } from './hash.ts';
import type { Hashes, OpenApiDocument } from './openapi.ts';

const V2 = '/openapi/v2';
const V3 = '/openapi/v3';

/** undefined where no aggregated API has a part in it. Throws an ApiError where one does not answer. */
export async function remoteOpenApi(
  discovery: RemoteDiscovery,
  path: string,
): Promise<{ index?: Hashes; whole?: OpenApiDocument; aggregated?: AggregatedPart[] } | undefined> {
  const documents = discovery.documents();
  if (documents.length === 0) return undefined;
  if (path === V2) {
    const parts = await Promise.all(documents.map(({ remote, hash }) => discovery.swagger(remote, hash)));
    const aggregated = parts.filter((part) => part !== undefined);
    return aggregated.length === 0 ? undefined : { aggregated };
  }
  const named = documents.map((one) => ({ ...one, path: documentPath(one.remote.group, one.remote.version) }));
  if (path === V3) return { index: new Map(named.map(({ path, hash }) => [path, hash])) };
  const found = named.find((one) => `${V3}/${one.path}` === path);
  if (!found) return undefined;
  try {
    const { status, body } = await discovery.document(found.remote);
    if (status !== 200) throw new ApiError('ServiceUnavailable', `${found.remote.name} answered ${status}`);
    return { whole: { text: body, hash: found.hash === '' ? await hashOf(body) : found.hash } };
  } catch (error) {
    if (error instanceof OutboundError) throw new ApiError('ServiceUnavailable', error.message);
    throw error;
  }
}
