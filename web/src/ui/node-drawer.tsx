import type { Node, Pod } from '../../../kube/types.ts';
import { isSimulated } from '../../../wire/nodes.ts';
import type { Cluster } from '../api/cluster.ts';
import { ObjectEditor } from '../editor/object-editor.tsx';
import { isAbout } from '../kinds/event.ts';
import { allocatableText, nodeStatus, steeringText } from '../kinds/node.ts';
import { byName } from '../kinds/workloads.ts';
import { Actions } from './actions.tsx';
import { Age } from './age.tsx';
import { Drawer } from './drawer.tsx';
import { EventList } from './event-list.tsx';
import { Conditions, Facts } from './facts.tsx';
import { t } from './messages.ts';
import { Missing } from './missing.tsx';
import { PodList } from './pod-list.tsx';

const EVENTS_SHOWN = 100;

export function NodeDrawer({ cluster, name }: { cluster: Cluster; name: string }) {
  const title = `node/${name}`;
  const node = cluster.nodes.objects.value.get(`/${name}`);
  if (!node) return <Missing title={title} of={cluster.nodes} />;
  const { text, tone } = nodeStatus(node);
  const pods = [...cluster.pods.objects.value.values()].filter(({ spec }) => spec?.nodeName === name);
  const events = [...cluster.events.objects.value.values()].filter((event) => isAbout(event, { kind: 'Node', name }));
  return (
    <Drawer
      title={title}
      badge={
        <>
          <span class={tone}>{text}</span>
          <Actions cluster={cluster} kind="v1/nodes" object={node} />
        </>
      }
      tabs={[
        { name: 'Summary', title: t('summary'), content: () => <Summary node={node} pods={pods.sort(byName)} /> },
        { name: 'YAML', content: () => <ObjectEditor cluster={cluster} object={node} /> },
        {
          name: 'Events',
          title: t('events'),
          content: () => <EventList events={events} most={EVENTS_SHOWN} about={false} />,
        },
      ]}
    />
  );
}

function Summary({ node, pods }: { node: Node; pods: Pod[] }) {
  const { metadata, spec, status } = node;
  const { kubeletVersion, containerRuntimeVersion, osImage, architecture } = status?.nodeInfo ?? {};
  const taints = spec?.taints?.map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`);
  return (
    <>
      <Facts
        facts={[
          ['Kubelet', kubeletVersion],
          [t('runtime'), isSimulated(node) ? t('simulatedRuntime') : containerRuntimeVersion],
          [t('system'), [osImage, architecture].filter(Boolean).join(', ')],
          [t('addresses'), status?.addresses?.map(({ address }) => address).join(', ')],
          [t('allocatable'), allocatableText(node)],
          [t('podAddresses'), spec?.podCIDR],
          [t('zone'), metadata.labels?.['topology.kubernetes.io/zone']],
          [t('taints'), taints?.join(', ')],
          [t('steered'), steeringText(node)],
          [t('age'), <Age since={metadata.creationTimestamp} />],
        ]}
      />
      <Conditions conditions={status?.conditions} />
      <PodList pods={pods} />
    </>
  );
}
