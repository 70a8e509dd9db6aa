import { useState } from 'preact/hooks';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Pod } from '../../../../kube/types.ts';
import type { Cluster } from '../../api/cluster.ts';
import { type ApiResource, groupResource } from '../../api/discovery.ts';
import { podReady, podStatus } from '../../kinds/pod.ts';
import { t } from '../messages.ts';
import { relatedTo } from '../related/index.ts';
import type { Ref } from '../related/relation.ts';
import { searchOwned } from '../related/search.ts';
import { kindOf, ObjectLink } from './link.tsx';

interface RelatedViewProps {
  cluster: Cluster;
  resource: ApiResource;
  object: KubeObject;
  kinds: readonly ApiResource[];
  others(resource: string): KubeObject[];
}

/** Of one group; a node has a hundred pods. */
const MOST = 200;

export function RelatedView({ cluster, resource, object, kinds, others }: RelatedViewProps) {
  const groups = relatedTo(groupResource(resource), object, others);
  return (
    <>
      {groups.length === 0 && <p class="empty pairs">{t('noRelated')}</p>}
      {groups.map(({ name, refs }) => (
        <Refs key={name} title={t(name)} refs={refs} kinds={kinds} />
      ))}
      {!cluster.past && <Owned cluster={cluster} resource={resource} object={object} kinds={kinds} />}
    </>
  );
}

function Refs({ title, refs, kinds }: { title: string; refs: readonly Ref[]; kinds: readonly ApiResource[] }) {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <ul class="rows">
        {refs.slice(0, MOST).map((ref) => (
          <RelatedRow key={`${ref.resource}/${ref.namespace}/${ref.name}`} related={ref} kinds={kinds} />
        ))}
      </ul>
      {refs.length > MOST && <p class="quiet">{t('manyMore', { count: refs.length - MOST })}</p>}
    </section>
  );
}

/** An operator's objects own things of kinds that this page knows nothing of. They are looked for when that is asked. */
function Owned({ cluster, resource, object, kinds }: Omit<RelatedViewProps, 'others'>) {
  const [found, setFound] = useState<readonly Ref[] | 'asked'>();
  if (found === 'asked') return <p class="empty">{t('loading')}</p>;
  if (found?.length === 0) return <p class="empty">{t('ownsNothing')}</p>;
  if (found) return <Refs title={t('ownedFound')} refs={found} kinds={kinds} />;
  const search = (): void => {
    setFound('asked');
    void searchOwned(cluster.api, kinds, resource, object).then(setFound);
  };
  return (
    <button type="button" class="button" onClick={search}>
      {t('searchOwned')}
    </button>
  );
}

function RelatedRow({ related, kinds }: { related: Ref; kinds: readonly ApiResource[] }) {
  const resource = kindOf(kinds, related.resource);
  const text = `${resource?.singular ?? related.resource}/${related.name}`;
  const pod = related.resource === 'pods' ? (related.object as Pod | undefined) : undefined;
  const status = pod && podStatus(pod);
  return (
    <li class="related">
      <ObjectLink of={related} resource={resource} text={text} />
      {pod && status && (
        <span>
          <span class={status.tone}>{status.text}</span> <span class="quiet">{podReady(pod)}</span>
        </span>
      )}
    </li>
  );
}
