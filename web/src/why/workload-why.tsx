/** Why the pods of a workload do not run: those with the same reason together, each with what to do next. */

import type { KubeObject } from '../../../kube/machinery/object.ts';
import { type LabelSelectorObject, selectorFromObject } from '../../../kube/machinery/selectors/labels.ts';
import { troubledPods } from '../../../kube/pod-lifecycle/troubled.ts';
import type { Pod } from '../../../kube/types.ts';
import type { Cluster } from '../api/cluster.ts';
import { linkTo } from '../api/route.ts';
import { PODS } from '../kinds/ids.ts';
import { t } from './messages.ts';
import PodWhy from './pod-why.tsx';
import './why.css';

const MAX_NAMES = 5;

interface WorkloadWhyProps {
  cluster: Cluster;
  object: KubeObject;
}

interface Workload {
  spec?: { selector?: LabelSelectorObject };
  status?: { conditions?: { type: string; status: string; message?: string }[] };
}

export default function WorkloadWhy({ cluster, object }: WorkloadWhyProps) {
  const pods = podsOf(object, cluster.pods.objects.value.values());
  const groups = troubledPods(pods, Date.now());
  const notes = notesOf(object);
  return (
    <div class="why">
      {notes.map((note) => (
        <p key={note} class="notice bad">
          {note}
        </p>
      ))}
      {groups.length === 0 && notes.length === 0 && (
        <p>{pods.length === 0 ? t('noPods') : t('allWell', { count: pods.length })}</p>
      )}
      {groups.map(({ pods: alike, isPlaced }) => {
        const first = alike[0] as Pod;
        const count = alike.length;
        return (
          <section key={first.metadata.uid} class="alike">
            <h2>{t(isPlaced ? 'alikeBroken' : 'alikeUnplaced', { count })}</h2>
            <p class="names">
              {alike.slice(0, MAX_NAMES).map((pod) => (
                <PodLink key={pod.metadata.uid} pod={pod} />
              ))}
              {count > MAX_NAMES && <span class="quiet">{t('andMore', { count: count - MAX_NAMES })}</span>}
            </p>
            <PodWhy cluster={cluster} pod={first} />
          </section>
        );
      })}
    </div>
  );
}

function PodLink({ pod: { metadata } }: { pod: Pod }) {
  const { namespace = '', name = '' } = metadata;
  return <a href={linkTo({ selected: { kind: PODS, namespace, name }, tab: 'Why' })}>{name}</a>;
}

export function podsOf({ metadata, spec }: KubeObject & Workload, all: Iterable<Pod>): Pod[] {
  if (!spec?.selector) return [];
  const selector = selectorFromObject(spec.selector);
  return [...all].filter(
    (pod) => pod.metadata.namespace === metadata.namespace && selector.matches(pod.metadata.labels ?? {}),
  );
}

/** The reason why pods are not made at all, such as a quota. */
function notesOf({ status }: KubeObject & Workload): string[] {
  return (status?.conditions ?? []).flatMap(({ type, status: is, message = '' }) => {
    if (type === 'ReplicaFailure' && is === 'True') return [t('notMade', { message })];
    if (type === 'Progressing' && is === 'False') return [t('stuck', { message })];
    return [];
  });
}
