/** The page `resources`: every kind of the cluster as a live table, and the object that was opened. */

import { findResource, idOf } from '../api/discovery.ts';
import { discoveryOf } from '../api/discovery-live.ts';
import { pageLink, route } from '../api/route.ts';
import type { PageProps } from '../ui/pages.ts';
import SelectedObject from './detail/selected-object.tsx';
import { KindSelect } from './kinds/kind-select.tsx';
import { t } from './messages.ts';
import './resources.css';
import { ResourceTable } from './table/resource-table.tsx';

export const DEFAULT_KIND = 'v1/pods';

export default function ResourcesPage({ cluster }: PageProps) {
  const { resource: id = DEFAULT_KIND, namespace, params } = route.value;
  const { resources, problem } = discoveryOf(cluster);
  const kinds = resources.value;
  if (!kinds) {
    const text = problem.value;
    return (
      <p class={text ? 'notice bad' : 'empty loading'}>{text ? t('kindsUnknown', { problem: text }) : t('loading')}</p>
    );
  }
  const resource = findResource(kinds, id);
  return (
    <div class="resources">
      <KindSelect kinds={kinds} current={id} />
      {resource ? (
        <ResourceTable
          // What is asked of the server is asked anew when it is something else.
          key={[idOf(resource), namespace, params.labels, params.fields].join(' ')}
          cluster={cluster}
          resource={resource}
        />
      ) : (
        <div class="notice nothing">
          <p>{t('noKind', { kind: id })}</p>
          <a class="button" href={pageLink('resources')}>
            {t('toPods')}
          </a>
        </div>
      )}
      {route.value.selected && <SelectedObject cluster={cluster} />}
    </div>
  );
}
