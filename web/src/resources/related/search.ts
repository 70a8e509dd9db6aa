/** What an object owns, of whatever kind: all kinds are listed, once, with no more than their metadata. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { type ApiResource, groupResource, pathOf } from '../../api/discovery.ts';
import type { Api } from '../../api/request.ts';
import { type Ref, refTo } from './relation.ts';

const METADATA = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
/** The same objects as those of the core group. */
const DOUBLES = ['events.events.k8s.io'];
/** Lists at once. */
const AT_ONCE = 6;

export function searchedKinds(kinds: readonly ApiResource[], { namespaced }: Pick<ApiResource, 'namespaced'>) {
  return kinds.filter(
    (kind) =>
      kind.verbs.includes('list') &&
      // What is in a namespace owns only what is there, too.
      (kind.namespaced || !namespaced) &&
      kind.group !== 'metrics.k8s.io' &&
      !DOUBLES.includes(groupResource(kind)),
  );
}

export async function searchOwned(
  api: Pick<Api, 'get'>,
  kinds: readonly ApiResource[],
  resource: ApiResource,
  { metadata: { uid, namespace } }: KubeObject,
): Promise<Ref[]> {
  const found: Ref[] = [];
  const left = searchedKinds(kinds, resource);
  const work = async (): Promise<void> => {
    for (let kind = left.shift(); kind; kind = left.shift()) {
      const name = groupResource(kind);
      // A kind that may not be listed, or whose server is away, has nothing to say.
      const { items } = await api
        .get<{ items?: KubeObject[] | null }>(pathOf(kind, namespace), { accept: METADATA })
        .catch(() => ({ items: [] as KubeObject[] }));
      for (const object of items ?? []) {
        if (object.metadata.ownerReferences?.some((owner) => owner.uid === uid)) found.push(refTo(name, object));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found.sort((a, b) => a.resource.localeCompare(b.resource) || a.name.localeCompare(b.name));
}
