/** Instead of rows: why there are none, and the way to some. */
import type { ApiResource } from '../../api/discovery.ts';
import { linkTo, route } from '../../api/route.ts';
import { titleOf } from '../kinds/groups.ts';
import { t } from '../messages.ts';

export function EmptyTable({ resource, complete }: { resource: ApiResource; complete: boolean }) {
  if (!complete) return <p class="empty loading">{t('loading')}</p>;
  const { namespace, search, params } = route.value;
  const kinds = titleOf(resource);
  const isSelected = Boolean(params.labels || params.fields);
  const text = (): string => {
    if (search) return t('emptySearch', { search });
    if (isSelected) return t('emptySelected');
    return namespace && resource.namespaced ? t('emptyIn', { kinds, namespace }) : t('empty', { kinds });
  };
  const { labels: _labels, fields: _fields, ...others } = params;
  return (
    <div class="notice nothing">
      <p>{text()}</p>
      {(search || isSelected || (namespace && resource.namespaced)) && (
        <a class="button" href={linkTo({ search: undefined, namespace: undefined, params: others })}>
          {t('clear')}
        </a>
      )}
    </div>
  );
}
