import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Pod } from '../../../../kube/types.ts';
import { type ApiResource, groupResource } from '../../api/discovery.ts';
import { podReady, podStatus } from '../../kinds/pod.ts';
import { t } from '../messages.ts';
import { relatedTo } from '../related/index.ts';
import type { Ref } from '../related/relation.ts';
import { kindOf, ObjectLink } from './link.tsx';

interface RelatedViewProps {
  resource: ApiResource;
  object: KubeObject;
  kinds: readonly ApiResource[];
  others(resource: string): KubeObject[];
}

/** Of one group; a node has a hundred pods. */
const MOST = 200;

export function RelatedView({ resource, object, kinds, others }: RelatedViewProps) {
  const groups = relatedTo(groupResource(resource), object, others);
  if (groups.length === 0) return <p class="empty">{t('noRelated')}</p>;
  return (
    <>
      {groups.map(({ name, refs }) => (
        <section key={name} aria-label={t(name)}>
          <h2>{t(name)}</h2>
          <ul class="rows">
            {refs.slice(0, MOST).map((ref) => (
              <RelatedRow key={`${ref.resource}/${ref.namespace}/${ref.name}`} related={ref} kinds={kinds} />
            ))}
          </ul>
          {refs.length > MOST && <p class="quiet">{t('manyMore', { count: refs.length - MOST })}</p>}
        </section>
      ))}
    </>
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
