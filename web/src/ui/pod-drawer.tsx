import type { Pod } from '../../../kube/types.ts';
import type { Cluster } from '../api/cluster.ts';
import { linkTo } from '../api/route.ts';
import { ObjectEditor } from '../editor/object-editor.tsx';
import { t as terminalText } from '../exec/messages.ts';
import { PodTerminal } from '../exec/pod-terminal.tsx';
import { isAbout } from '../kinds/event.ts';
import { podReady, podStatus } from '../kinds/pod.ts';
import { PodLogs } from '../logs/pod-logs.tsx';
import { Actions } from './actions.tsx';
import { Age } from './age.tsx';
import { Drawer } from './drawer.tsx';
import { EventList } from './event-list.tsx';
import { Conditions, Facts } from './facts.tsx';
import { t } from './messages.ts';
import { Missing } from './missing.tsx';
import { Containers, Troubles } from './pod-parts.tsx';
import { Restarts } from './restarts.tsx';
import { Scheduling } from './scheduling.tsx';
import { Story } from './story.tsx';

const EVENTS_SHOWN = 100;

export function PodDrawer({ cluster, namespace, name }: { cluster: Cluster; namespace: string; name: string }) {
  const title = `pod/${name}`;
  const pod = cluster.pods.objects.value.get(`${namespace}/${name}`);
  if (!pod) return <Missing title={title} of={cluster.pods} />;
  const { text, tone } = podStatus(pod);
  const { uid } = pod.metadata;
  const subject = { kind: 'Pod', name, uid };
  const events = [...cluster.events.objects.value.values()].filter((event) => isAbout(event, subject));
  const story = { resource: 'pods', namespace, name };
  return (
    <Drawer
      title={title}
      badge={
        <>
          <span class={tone}>{text}</span>
          <Actions cluster={cluster} kind="v1/pods" object={pod} />
        </>
      }
      tabs={[
        { name: 'Summary', title: t('summary'), content: () => <PodSummary pod={pod} /> },
        { name: 'YAML', content: () => <ObjectEditor cluster={cluster} object={pod} /> },
        {
          name: 'Events',
          title: t('events'),
          content: () => <EventList events={events} most={EVENTS_SHOWN} about={false} />,
        },
        { name: 'Logs', title: t('logs'), content: () => <PodLogs cluster={cluster} pod={pod} /> },
        {
          name: 'Terminal',
          title: terminalText('terminal'),
          content: () => <PodTerminal cluster={cluster} pod={pod} />,
        },
        { name: 'Why', title: t('why'), content: () => <Scheduling key={uid} cluster={cluster} pod={pod} /> },
        { name: 'Story', title: t('story'), content: () => <Story cluster={cluster} subject={story} /> },
      ]}
    />
  );
}

function PodSummary({ pod }: { pod: Pod }) {
  const { metadata, spec, status } = pod;
  const { nodeName } = spec ?? {};
  return (
    <>
      <Troubles pod={pod} />
      <Facts
        facts={[
          [t('namespace'), metadata.namespace],
          [t('ready'), podReady(pod)],
          [t('restarts'), <Restarts pod={pod} />],
          [t('age'), <Age since={metadata.creationTimestamp} />],
          [t('node'), nodeName ? <NodeLink name={nodeName} /> : t('notScheduled')],
          ['IP', status?.podIP ?? t('noIp')],
          [t('owner'), metadata.ownerReferences?.map((owner) => `${owner.kind}/${owner.name}`).join(', ')],
        ]}
      />
      <Containers pod={pod} />
      <Conditions conditions={status?.conditions} />
    </>
  );
}

function NodeLink({ name }: { name: string }) {
  return <a href={linkTo({ selected: { kind: 'nodes', namespace: '', name }, tab: undefined })}>{name}</a>;
}
