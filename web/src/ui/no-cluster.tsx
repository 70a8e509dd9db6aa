/** An account without a cluster, or without the one that the address names. */
import { useState } from 'preact/hooks';
import { clusterLink, pageLink } from '../api/route.ts';
import { addressOf, type ClusterRef, explain, service } from '../api/session.ts';
import { notify } from './notices.tsx';
import { t } from './shell/messages.ts';
import { CLUSTERS_PAGE } from './shell/own-commands.ts';

interface NoClusterProps {
  /** The name in the address. */
  wanted?: string;
  clusters: readonly ClusterRef[];
  onCreated(): void;
}

export function NoCluster({ wanted, clusters, onCreated }: NoClusterProps) {
  const [busy, setBusy] = useState(false);
  const name = wanted ?? 'default';
  const create = async (): Promise<void> => {
    setBusy(true);
    try {
      await service.post('/islet/v1/clusters', { name });
      onCreated();
    } catch (error) {
      notify(explain(error).text(), { tone: 'bad' });
      setBusy(false);
    }
  };
  return (
    <main class="notice page-notice">
      <p>{wanted === undefined ? t('noCluster') : t('noClusterNamed', { name: wanted })}</p>
      <p>
        <button type="button" class="button is-main" disabled={busy} onClick={() => void create()}>
          {busy ? t('creatingCluster') : t('createThis', { name })}
        </button>
      </p>
      <p class="quiet">
        {t.parts('createCluster', { line: <code key="line">npx islet clusters create {wanted ?? 'NAME'}</code> })}
      </p>
      <p>
        <a class="inline" href={pageLink(CLUSTERS_PAGE)}>
          {t('clusters')}
        </a>
      </p>
      {clusters.length > 0 && (
        <p>
          {t('thereAre')}{' '}
          {clusters.map((cluster) => (
            <a key={cluster.id} class="inline" href={clusterLink(addressOf(cluster, clusters))}>
              {cluster.name}
            </a>
          ))}
        </p>
      )}
    </main>
  );
}
