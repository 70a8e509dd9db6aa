/** More about a cluster, asked of the cluster itself, and so only when a person wants to know. */
import { useCallback } from 'preact/hooks';
import { useLoaded } from '../account/use-loaded.ts';
import type { ClusterRef } from '../api/session.ts';
import { Facts } from '../ui/facts.tsx';
import { IsletLine } from './islet-line.tsx';
import { t } from './messages.ts';
import { counts } from './requests.ts';

export function Describe({ cluster }: { cluster: ClusterRef }) {
  const { value, problem } = useLoaded(useCallback(() => counts(cluster.id), [cluster.id]));
  const known: (readonly [string, string | number])[] = value
    ? [
        [t('nodes'), String(value.nodes)],
        [t('pods'), String(value.pods)],
        [t('namespaces'), String(value.namespaces)],
        [t('revision'), String(value.range.newest.revision)],
        [t('pastSince'), new Date(value.range.oldest.time).toLocaleString()],
      ]
    : [];
  return (
    <div class="describe">
      {problem && (
        <p class="bad" role="alert">
          {problem}
        </p>
      )}
      {!value && !problem && <p class="empty loading">{t('asking')}</p>}
      <Facts
        facts={[
          [t('id'), cluster.id],
          [t('server'), <span class="mono">{`${location.origin}/clusters/${cluster.id}`}</span>],
          ...known,
        ]}
      />
      <IsletLine line={`kubeconfig --cluster ${cluster.role === undefined ? cluster.name : cluster.id}`} />
    </div>
  );
}
