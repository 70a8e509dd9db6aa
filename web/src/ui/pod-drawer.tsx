import type { ContainerStatus, Pod } from '../../../kube/types.ts';
import type { Cluster } from '../api/cluster.ts';
import { linkTo } from '../api/route.ts';
import { ObjectEditor } from '../editor/object-editor.tsx';
import { isAbout } from '../kinds/event.ts';
import { containerStatuses, endText, podReady, podStatus, podTroubles } from '../kinds/pod.ts';
import { Age } from './age.tsx';
import { Drawer } from './drawer.tsx';
import { EventList } from './event-list.tsx';
import { Conditions, Facts } from './facts.tsx';
import { LogView } from './log-view.tsx';
import { Missing } from './missing.tsx';
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
      badge={<span class={tone}>{text}</span>}
      tabs={[
        { name: 'Summary', content: () => <PodSummary pod={pod} /> },
        { name: 'YAML', content: () => <ObjectEditor cluster={cluster} object={pod} /> },
        { name: 'Events', content: () => <EventList events={events} most={EVENTS_SHOWN} about={false} /> },
        { name: 'Logs', content: () => <LogView key={uid} cluster={cluster} pod={pod} /> },
        { name: 'Why', content: () => <Scheduling key={uid} cluster={cluster} pod={pod} /> },
        { name: 'Story', content: () => <Story cluster={cluster} subject={story} /> },
      ]}
    />
  );
}

function PodSummary({ pod }: { pod: Pod }) {
  const { metadata, spec, status } = pod;
  const { nodeName } = spec ?? {};
  const troubles = podTroubles(pod);
  return (
    <>
      {troubles.length > 0 && (
        <ul class="notice bad troubles" aria-label="What is wrong">
          {troubles.map((trouble) => (
            <li key={trouble}>{trouble}</li>
          ))}
        </ul>
      )}
      <Facts
        facts={[
          ['Namespace', metadata.namespace],
          ['Ready', podReady(pod)],
          ['Restarts', <Restarts pod={pod} />],
          ['Age', <Age since={metadata.creationTimestamp} />],
          ['Node', nodeName ? <NodeLink name={nodeName} /> : 'not scheduled yet'],
          ['IP', status?.podIP ?? 'none yet'],
          ['Owner', metadata.ownerReferences?.map((owner) => `${owner.kind}/${owner.name}`).join(', ')],
        ]}
      />
      <h2>Containers</h2>
      {containerStatuses(pod).length === 0 && <p class="empty">None has been started yet.</p>}
      <ul class="rows">
        {containerStatuses(pod).map((container) => (
          <ContainerRow key={container.name} container={container} />
        ))}
      </ul>
      <Conditions conditions={status?.conditions} />
    </>
  );
}

function NodeLink({ name }: { name: string }) {
  return <a href={linkTo({ selected: { kind: 'nodes', namespace: '', name }, tab: undefined })}>{name}</a>;
}

function ContainerRow({ container: { name, state, lastState, restartCount, image } }: { container: ContainerStatus }) {
  const { running, waiting, terminated } = state ?? {};
  const last = lastState?.terminated;
  return (
    <li>
      <b>{name}</b>{' '}
      {running && (
        <>
          running for <Age since={running.startedAt} />
        </>
      )}
      {waiting && `waiting: ${waiting.reason ?? 'not started yet'}`}
      {terminated && endText(terminated)}
      {restartCount > 0 && <span class="quiet"> · {restartCount} restarts</span>}
      {last && (
        <div class="about">
          {endText(last)}, <Age since={last.finishedAt} /> ago
        </div>
      )}
      <div class="about mono">{image}</div>
    </li>
  );
}
