/** The top bar: the cluster, the filter, and the state of the connection. */
import type { Cluster } from '../api/cluster.ts';
import { clusterLink, follow, go, pageLink, route } from '../api/route.ts';
import { addressOf, type ClusterRef, person } from '../api/session.ts';
import { looking } from '../history/looking.ts';
import { FilterBar } from './filter-bar.tsx';
import { Icon, Logo } from './icon.tsx';
import { pageNamed } from './pages.ts';
import { KeyLabels } from './shell/key-labels.tsx';
import { t } from './shell/messages.ts';
import { NavigationDrawer } from './shell/navigation.tsx';
import { openOverlay } from './shell/overlays.tsx';
import { ACCOUNT_PAGE, CLUSTERS_PAGE } from './shell/own-commands.ts';
import { Settings } from './shell/settings.tsx';

/** Shows the bar of time, or hides it, which leads back to now. */
function lookBack({ past }: Cluster): void {
  if (pageNamed(route.value.page).isOfNow) follow(pageLink('history'));
  else if (past) go({ at: undefined });
  else looking.value = !looking.value;
}

/** No cluster's name. */
const ALL = '*';

export function TopBar({ cluster, clusters }: { cluster: Cluster; clusters: ClusterRef[] }) {
  const state = cluster.connection.state.value;
  const current = addressOf(cluster.ref, clusters);
  return (
    <header class="top">
      <NavigationDrawer cluster={cluster} />
      <a class="brand" href={pageLink(CLUSTERS_PAGE)} title={t('clusters')}>
        <Logo />
        islet
      </a>
      <select
        aria-label={t('cluster')}
        value={current}
        onChange={({ currentTarget: { value } }) =>
          follow(value === ALL ? pageLink(CLUSTERS_PAGE) : clusterLink(value))
        }
      >
        {clusters.map((each) => (
          <option key={each.id} value={addressOf(each, clusters)}>
            {each.name}
          </option>
        ))}
        <option value={ALL}>{t('clusters')} …</option>
      </select>
      <FilterBar cluster={cluster} />
      <span class="end">
        <span class={`live is-${cluster.past ? 'past' : state}`} role="status">
          {t(cluster.past ? 'past' : state)}
        </span>
        <button
          type="button"
          class="plain"
          aria-pressed={looking.value || cluster.past !== undefined}
          title={t('lookBack')}
          onClick={() => lookBack(cluster)}
        >
          <Icon name="history" />
          <span class="for-readers">{t('lookBack')}</span>
        </button>
        <button type="button" class="plain" aria-keyshortcuts="Control+K Meta+K" onClick={() => openOverlay('palette')}>
          <Icon name="search" />
          <span class="for-readers">{t('palette')}</span>
          <span class="only-wide" aria-hidden="true">
            <KeyLabels shortcut="mod+k" />
          </span>
        </button>
        {person.value?.kind === 'visitor' && (
          <a class="button keep" href={pageLink(ACCOUNT_PAGE)} title={t('keepText')}>
            {t('keep')}
          </a>
        )}
        <a class="plain" href={pageLink(ACCOUNT_PAGE)} title={t('account')}>
          <Icon name="person" />
          <span class="for-readers">{t('account')}</span>
        </a>
        <Settings />
      </span>
    </header>
  );
}
