/** Deployments with their pods, then the pods that belong to none. */
import type { Deployment, Pod, ReplicaSet } from '../../../kube/types.ts';
import { now } from '../api/clock.ts';
import type { Cluster } from '../api/cluster.ts';
import { linkTo, route } from '../api/route.ts';
import { ageOf } from '../kinds/event.ts';
import { podReady, podRestarts, podStatus } from '../kinds/pod.ts';

/** More pods than this are folded away: the nodes above show them all. */
const PODS_SHOWN = 12;

export function Workloads({ cluster }: { cluster: Cluster }) {
  const deployments = [...cluster.deployments.objects.value.values()];
  const pods = [...cluster.pods.objects.value.values()];
  const replicaSets = [...cluster.replicaSets.objects.value.values()];
  const owners = deploymentOfPods(pods, replicaSets);
  const loose = pods.filter((pod) => !owners.has(pod));
  if (deployments.length === 0 && loose.length === 0) {
    return (
      <p class="empty">
        Nothing runs here yet. Try <code>kubectl create deployment hello --image=nginx:1.14.2 --replicas=3</code>
      </p>
    );
  }
  return (
    <table>
      <thead>
        <tr>
          <th>Name</th>
          <th>Status</th>
          <th>Restarts</th>
          <th>Age</th>
        </tr>
      </thead>
      <tbody>
        {deployments.sort(byNamespaceAndName).map((deployment) => (
          <DeploymentRows
            key={deployment.metadata.uid}
            deployment={deployment}
            pods={pods.filter((pod) => owners.get(pod) === deployment.metadata.uid)}
          />
        ))}
        <PodRows pods={loose} child={false} />
      </tbody>
    </table>
  );
}

function DeploymentRows({ deployment, pods }: { deployment: Deployment; pods: Pod[] }) {
  const { namespace = '', name = '' } = deployment.metadata;
  const wanted = deployment.spec?.replicas ?? 1;
  const ready = deployment.status?.readyReplicas ?? 0;
  return (
    <>
      <tr class={isSelected('deployments', namespace, name) ? 'is-selected' : ''}>
        <td class="name">
          <a href={linkTo({ selected: { kind: 'deployments', namespace, name }, tab: undefined })}>
            deploy/{name} <span class="quiet">{namespace}</span>
          </a>
        </td>
        <td class="number">
          <span class="bar">
            <i style={{ width: `${wanted === 0 ? 100 : Math.min(100, (ready / wanted) * 100)}%` }} />
          </span>
          {ready}/{wanted} ready
        </td>
        <td />
        <td class="number">{ageOf(deployment, now.value)}</td>
      </tr>
      <PodRows pods={pods} child />
    </>
  );
}

function PodRows({ pods, child }: { pods: Pod[]; child: boolean }) {
  const rest = pods.length - PODS_SHOWN;
  return (
    <>
      {pods
        .sort(byNamespaceAndName)
        .slice(0, PODS_SHOWN)
        .map((pod) => {
          const { namespace = '', name = '' } = pod.metadata;
          const { text, tone } = podStatus(pod);
          const classes = [child && 'child', isSelected('pods', namespace, name) && 'is-selected'];
          return (
            <tr key={pod.metadata.uid} class={classes.filter(Boolean).join(' ')} data-pod={name}>
              <td class="name">
                <a href={linkTo({ selected: { kind: 'pods', namespace, name }, tab: undefined })}>
                  {name} {!child && <span class="quiet">{namespace}</span>}
                </a>
              </td>
              <td class="number">
                <span class={tone}>{text}</span> <span class="quiet">{podReady(pod)}</span>
              </td>
              <td class="number">{podRestarts(pod)}</td>
              <td class="number">{ageOf(pod, now.value)}</td>
            </tr>
          );
        })}
      {rest > 0 && (
        <tr class={child ? 'child' : ''}>
          <td class="name quiet" colSpan={4}>
            and {rest} more pods
          </td>
        </tr>
      )}
    </>
  );
}

/** Pod → uid of its Deployment, by way of its ReplicaSet. */
function deploymentOfPods(pods: Pod[], replicaSets: ReplicaSet[]): Map<Pod, string> {
  const deploymentOf = new Map<string, string>();
  for (const { metadata } of replicaSets) {
    const owner = metadata.ownerReferences?.find(({ kind }) => kind === 'Deployment');
    if (owner && metadata.uid) deploymentOf.set(metadata.uid, owner.uid);
  }
  const result = new Map<Pod, string>();
  for (const pod of pods) {
    const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller);
    const deployment = owner && deploymentOf.get(owner.uid);
    if (deployment) result.set(pod, deployment);
  }
  return result;
}

function isSelected(kind: string, namespace: string, name: string): boolean {
  const { selected } = route.value;
  return selected?.kind === kind && selected.namespace === namespace && selected.name === name;
}

function byNamespaceAndName(a: Deployment | Pod, b: Deployment | Pod): number {
  const text = ({ metadata }: Deployment | Pod) => `${metadata.namespace}/${metadata.name}`;
  return text(a).localeCompare(text(b));
}
