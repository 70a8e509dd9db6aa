/** One cluster: the bar at the top, its pages at the side, and the page that is open. */
import { useEffect, useState } from 'preact/hooks';
import { Cluster } from '../api/cluster.ts';
import { amend, route } from '../api/route.ts';
import { addressOf, type ClusterRef } from '../api/session.ts';
import { looking } from '../history/looking.ts';
import { registerCommands } from './commands.ts';
import { ConnectionNotice } from './connection-notice.tsx';
import { Lazy } from './lazy.tsx';
import { pageNamed } from './pages.ts';
import { t } from './shell/messages.ts';
import { Navigation } from './shell/navigation.tsx';
import { clusterCommands, objectCommands, pageCommands } from './shell/own-commands.ts';
import { pageTitle } from './titles.ts';
import { TopBar } from './top-bar.tsx';

const lessonDock = () => import('../lessons/lesson-dock.tsx');
const timeBar = () => import('../history/time-bar.tsx');

export function ClusterPage({ chosen, clusters }: { chosen: ClusterRef; clusters: ClusterRef[] }) {
  const [cluster, setCluster] = useState<Cluster>();
  const page = pageNamed(route.value.page);
  const at = page.isOfNow ? undefined : route.value.at;
  const isPast = at !== undefined;
  useEffect(() => {
    const opened = new Cluster(chosen, at);
    setCluster(opened);
    // The address names the cluster from here on: another person may have another first one.
    amend({ cluster: addressOf(chosen, clusters) });
    return () => opened.close();
  }, [chosen.id, isPast]);
  useEffect(() => {
    if (at !== undefined) cluster?.past?.moveTo(at);
  }, [cluster, at]);
  const { selected, namespace } = route.value;
  const title = pageTitle(page.title);
  useEffect(() => {
    document.title = [selected?.name, title, namespace, chosen.name, 'Islet'].filter(Boolean).join(' · ');
  }, [selected?.name, title, namespace, chosen.name]);
  useEffect(
    () =>
      registerCommands((query) => [
        ...pageCommands(),
        ...clusterCommands(clusters),
        ...(cluster ? objectCommands(cluster, query) : []),
      ]),
    [cluster, clusters],
  );
  if (!cluster) return null;
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('content')?.focus()}>
        {t('skip')}
      </button>
      <TopBar cluster={cluster} clusters={clusters} />
      <div class="frame">
        <Navigation cluster={cluster} />
        <main id="content" tabIndex={-1} class={cluster.connection.state.value === 'offline' ? 'is-old' : ''}>
          <h1 class="for-readers">{title}</h1>
          <ConnectionNotice cluster={cluster} />
          {(isPast || (looking.value && !page.isOfNow)) && <Lazy load={timeBar} props={{ cluster }} />}
          <Lazy key={`${page.name} ${cluster.past === undefined}`} load={page.load} props={{ cluster }} />
        </main>
        {!cluster.past && cluster.lesson.objects.value.size > 0 && <Lazy load={lessonDock} props={{ cluster }} />}
      </div>
    </>
  );
}
