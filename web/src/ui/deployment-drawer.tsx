import type { Deployment, Pod } from '../../../kube/types.ts';
import type { Cluster } from '../api/cluster.ts';
import { ObjectEditor } from '../editor/object-editor.tsx';
import { isAbout } from '../kinds/event.ts';
import { workloadsOf } from '../kinds/workloads.ts';
import { WorkloadLogs } from '../logs/pod-logs.tsx';
import { Actions } from './actions.tsx';
import { Age } from './age.tsx';
import { Drawer } from './drawer.tsx';
import { EventList } from './event-list.tsx';
import { Conditions, Facts } from './facts.tsx';
import { t } from './messages.ts';
import { Missing } from './missing.tsx';
import { PodList } from './pod-list.tsx';
import { Story } from './story.tsx';

const EVENTS_SHOWN = 100;

export function DeploymentDrawer({ cluster, namespace, name }: { cluster: Cluster; namespace: string; name: string }) {
  const { deployments, replicaSets, pods } = cluster;
  const title = `deploy/${name}`;
  const deployment = deployments.objects.value.get(`${namespace}/${name}`);
  if (!deployment) return <Missing title={title} of={deployments} />;
  const sources = {
    deployments: [deployment],
    replicaSets: replicaSets.objects.value.values(),
    pods: pods.objects.value.values(),
  };
  const { uid } = deployment.metadata;
  const own = workloadsOf(sources, { namespace }).owned.find((workload) => workload.uid === uid)?.pods ?? [];
  const subject = { kind: 'Deployment', name, uid };
  const events = [...cluster.events.objects.value.values()].filter((event) => isAbout(event, subject));
  const wanted = deployment.spec?.replicas ?? 1;
  const ready = deployment.status?.readyReplicas ?? 0;
  const story = { resource: 'deployments.apps', namespace, name };
  return (
    <Drawer
      title={title}
      badge={
        <>
          <span class={ready >= wanted ? 'good' : 'busy'}>{t('readyOf', { ready, wanted })}</span>
          <Actions cluster={cluster} kind="apps/v1/deployments" object={deployment} />
        </>
      }
      tabs={[
        { name: 'Summary', title: t('summary'), content: () => <Summary deployment={deployment} pods={own} /> },
        { name: 'Story', title: t('story'), content: () => <Story cluster={cluster} subject={story} /> },
        {
          name: 'Logs',
          title: t('logs'),
          content: () => (
            <WorkloadLogs cluster={cluster} namespace={namespace} name={name} selector={deployment.spec?.selector} />
          ),
        },
        { name: 'YAML', content: () => <ObjectEditor cluster={cluster} object={deployment} /> },
        {
          name: 'Events',
          title: t('events'),
          content: () => <EventList events={events} most={EVENTS_SHOWN} about={false} />,
        },
      ]}
    />
  );
}

function Summary({ deployment: { metadata, spec, status }, pods }: { deployment: Deployment; pods: Pod[] }) {
  const { updatedReplicas = 0, availableReplicas = 0, unavailableReplicas = 0 } = status ?? {};
  const images = [...new Set(spec?.template?.spec?.containers.map(({ image }) => image))];
  return (
    <>
      <Facts
        facts={[
          [t('namespace'), metadata.namespace],
          [
            t('replicas'),
            t('replicaCounts', {
              updated: updatedReplicas,
              available: availableReplicas,
              unavailable: unavailableReplicas,
            }),
          ],
          [t('strategy'), spec?.strategy?.type],
          [t('image'), <span class="mono">{images.join(', ')}</span>],
          [t('age'), <Age since={metadata.creationTimestamp} />],
        ]}
      />
      <Conditions conditions={status?.conditions} />
      <PodList pods={pods} />
    </>
  );
}
