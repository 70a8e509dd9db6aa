/** Sign-in state, and the choice of cluster. */
import { useEffect, useState } from 'preact/hooks';
import { clusterLink, route } from '../api/route.ts';
import { type ClusterRef, chooseCluster, explain, listClusters, type Reason } from '../api/session.ts';
import { ClusterPage } from './cluster-page.tsx';
import { t } from './shell/messages.ts';

const RETRY_MS = 2_000;

export function App() {
  const [clusters, setClusters] = useState<ClusterRef[]>();
  const [problem, setProblem] = useState<Reason>();
  useEffect(() => {
    let timer: number | undefined;
    const ask = (): void => {
      window.clearTimeout(timer);
      listClusters().then(
        (list) => {
          setClusters(list);
          setProblem(undefined);
        },
        (error: unknown) => {
          const reason = explain(error);
          setProblem(reason);
          if (reason.passes) timer = window.setTimeout(ask, RETRY_MS);
        },
      );
    };
    ask();
    // Clusters come and go while the page is elsewhere.
    window.addEventListener('focus', ask);
    return () => {
      window.removeEventListener('focus', ask);
      window.clearTimeout(timer);
    };
  }, []);

  if (!clusters) {
    return (
      <p class={`notice page-notice ${problem ? 'bad' : 'quiet'}`} role="status">
        {problem ? problem.text() : t('connecting')}
        {problem?.passes && ` ${t('tryingAgain')}`}
      </p>
    );
  }
  const wanted = route.value.cluster;
  const chosen = chooseCluster(clusters, wanted);
  if (chosen) return <ClusterPage key={chosen.id} chosen={chosen} clusters={clusters} />;
  return (
    <div class="notice page-notice">
      <p>{wanted === undefined ? t('noCluster') : t('noClusterNamed', { name: wanted })}</p>
      <p>{t.parts('createCluster', { line: <code>npx islet clusters create {wanted ?? 'NAME'}</code> })}</p>
      {clusters.length > 0 && (
        <p>
          {t('thereAre')}{' '}
          {clusters.map(({ name }) => (
            <a key={name} class="inline" href={clusterLink(name)}>
              {name}
            </a>
          ))}
        </p>
      )}
    </div>
  );
}
