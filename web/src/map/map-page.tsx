/** The page `map`: objects and their links (owned, selected, used), of the cluster, a namespace, or one workload. */
import { useMemo } from 'preact/hooks';
import type { ApiResource } from '../api/discovery.ts';
import { discoveryOf } from '../api/discovery-live.ts';
import { amend, pageLink, route } from '../api/route.ts';
import { kindOf } from '../resources/detail/link.tsx';
import type { PageProps } from '../ui/pages.ts';
import { SelectedView } from '../ui/selected-view.tsx';
import { HIDDEN_AT_FIRST, rankOf, WORKLOADS } from './kinds.ts';
import { MapView } from './map-view.tsx';
import { t } from './messages.ts';
import type { MapDrawing } from './use-drawing.ts';

/** Where a person hides no kind at all. */
const NOTHING = 'none';

export default function MapPage({ cluster }: PageProps) {
  const { namespace, search, params } = route.value;
  const { resources, problem } = discoveryOf(cluster);
  const kinds = resources.value;
  const hidden = useMemo(() => hiddenOf(params.hide), [params.hide]);
  if (!kinds) {
    const text = problem.value;
    return (
      <p class={text ? 'notice bad' : 'empty loading'}>{text ? t('kindsUnknown', { problem: text }) : t('loading')}</p>
    );
  }
  const nothing = search ? (
    <p>{t('nothingFound', { search })}</p>
  ) : (
    <>
      <p>{t('nothing')}</p>
      {!cluster.past && (
        <a class="button" href={pageLink('create')}>
          {t('create')}
        </a>
      )}
    </>
  );
  return (
    <>
      <MapView
        cluster={cluster}
        kinds={kinds}
        namespace={namespace}
        hidden={hidden}
        root={params.workload}
        search={search}
        empty={nothing}
        tools={(drawing) => <Tools drawing={drawing} kinds={kinds} hidden={hidden} />}
      />
      <SelectedView cluster={cluster} />
    </>
  );
}

function hiddenOf(given: string | undefined): ReadonlySet<string> {
  if (given === undefined) return new Set(HIDDEN_AT_FIRST);
  return new Set(given.split(',').filter((name) => name !== NOTHING));
}

interface ToolsProps {
  drawing: MapDrawing;
  kinds: readonly ApiResource[];
  hidden: ReadonlySet<string>;
}

function Tools({ drawing: { whole }, kinds, hidden }: ToolsProps) {
  const { params } = route.value;
  const set = (name: string, value: string | undefined): void => {
    const { [name]: _, ...others } = params;
    amend({ params: value === undefined ? others : { ...others, [name]: value } });
  };
  const counts = new Map([...hidden].map((name) => [name, 0]));
  for (const { resource } of whole.things.values()) counts.set(resource, (counts.get(resource) ?? 0) + 1);
  const shown = [...counts].sort(([a], [b]) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
  const toggle = (name: string): void => {
    const next = new Set(hidden);
    if (!next.delete(name)) next.add(name);
    set('hide', [...next].join() || NOTHING);
  };
  return (
    <search class="map-tools" aria-label={t('filter')}>
      <WorkloadSelect drawing={whole} kinds={kinds} choose={(id) => set('workload', id)} />
      <fieldset class="map-kinds" aria-label={t('kinds')}>
        {shown.map(([name, count]) => (
          <button key={name} type="button" class="chip" aria-pressed={!hidden.has(name)} onClick={() => toggle(name)}>
            {kindOf(kinds, name)?.kind ?? name} {count > 0 && <span class="quiet">{count}</span>}
          </button>
        ))}
      </fieldset>
    </search>
  );
}

interface WorkloadSelectProps {
  drawing: MapDrawing['whole'];
  kinds: readonly ApiResource[];
  choose(id: string | undefined): void;
}

function WorkloadSelect({ drawing: { things, links }, kinds, choose }: WorkloadSelectProps) {
  const { namespace, params } = route.value;
  const owned = new Set(links.filter(({ name }) => name === 'owned').map(({ to }) => to));
  const all = [...things.values()].filter(({ id, resource }) => WORKLOADS.includes(resource) && !owned.has(id));
  all.sort((a, b) => a.namespace.localeCompare(b.namespace) || a.name.localeCompare(b.name));
  const text = (resource: string, name: string) => `${kindOf(kinds, resource)?.kind ?? resource} ${name}`;
  const isThere = params.workload === undefined || all.some(({ id }) => id === params.workload);
  return (
    <select
      aria-label={t('workload')}
      value={params.workload ?? ''}
      onChange={({ currentTarget }) => choose(currentTarget.value || undefined)}
    >
      <option value="">{t('allWorkloads')}</option>
      {!isThere && <option value={params.workload}>{params.workload}</option>}
      {all.map(({ id, resource, namespace: within, name }) => (
        <option key={id} value={id}>
          {namespace ? text(resource, name) : `${within}: ${text(resource, name)}`}
        </option>
      ))}
    </select>
  );
}
