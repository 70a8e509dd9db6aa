/**
 * OpenAPI documents of aggregated APIs (kube-aggregator `pkg/controllers/openapi` and `openapiv3`): the index of version 3
 * names them, and they are fetched as they are asked for.
 */
import { documentPath } from '../../../kube/machinery/openapi/v3.ts';
import type { RemoteDiscovery } from '../aggregation/discovery.ts';
import type { RemoteService } from '../aggregation/remote-services.ts';
import { ApiError } from '../errors.ts';
import { OutboundError } from '../outbound.ts';
import { hashOf } from './hash.ts';
import type { Hashes, OpenApiDocument } from './openapi.ts';

const V2 = '/openapi/v2';
const V3 = '/openapi/v3';
/** Documents that are asked for at once: each may be of 3 MB. */
const AT_ONCE = 5;
/** Characters of all parts of version 2, which the edge parses: parts for which there is no room are left out. */
const MAX_PARTS = 8 * 1024 * 1024;

/** undefined where no aggregated API has a part in it. Throws an ApiError where one does not answer. */
export async function remoteOpenApi(
  discovery: RemoteDiscovery,
  path: string,
): Promise<{ index?: Hashes; whole?: OpenApiDocument; aggregated?: string[] } | undefined> {
  const documents = discovery.documents();
  if (documents.length === 0) return undefined;
  if (path === V2) {
    const aggregated = await swaggers(discovery, documents);
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

/** The parts of version 2, each an AggregatedPart as JSON. */
async function swaggers(
  discovery: RemoteDiscovery,
  documents: ReturnType<RemoteDiscovery['documents']>,
): Promise<string[]> {
  const waiting = [...documents];
  const parts = new Map<RemoteService, string>();
  let room = MAX_PARTS;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const part = await discovery.swagger(next.remote, next.hash);
      if (part === undefined || part.length > room) continue;
      room -= part.length;
      parts.set(next.remote, part);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return documents.flatMap(({ remote }) => parts.get(remote) ?? []);
}
