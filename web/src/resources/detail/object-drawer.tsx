/** An object of any kind: what is known of it, what it has to do with others, its events, its YAML, what can be done. */
import { useMemo, useState } from 'preact/hooks';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { LabelSelectorObject } from '../../../../kube/machinery/selectors/labels.ts';
import type { Pod } from '../../../../kube/types.ts';
import type { Cluster } from '../../api/cluster.ts';
import { type ApiResource, groupResource } from '../../api/discovery.ts';
import { t as terminalText } from '../../exec/messages.ts';
import { PodTerminal } from '../../exec/pod-terminal.tsx';
import { isAbout } from '../../kinds/event.ts';
import { statusOf } from '../../kinds/status.ts';
import { PodLogs, WorkloadLogs } from '../../logs/pod-logs.tsx';
import { isOnMap } from '../../map/kinds.ts';
import { Drawer } from '../../ui/drawer.tsx';
import { EventList } from '../../ui/event-list.tsx';
import { Lazy } from '../../ui/lazy.tsx';
import { t as usageText } from '../../usage/messages.ts';
import { NodeUsage, PodUsage, WorkloadUsage } from '../../usage/usage.tsx';
import { ActionDialog, type Asked } from '../actions/action-dialog.tsx';
import { ActionMenu } from '../actions/action-menu.tsx';
import { type ActionName, actionsOf } from '../actions/index.ts';
import { useRights } from '../actions/use-rights.ts';
import { t } from '../messages.ts';
import { sourcesOf } from '../related/index.ts';
import { RelatedView } from './related-view.tsx';
import { Summary } from './summary.tsx';
import { useObject, useSources } from './use-objects.ts';
import { YamlTab } from './yaml-tab.tsx';

interface ObjectDrawerProps {
  cluster: Cluster;
  kinds: readonly ApiResource[];
  resource: ApiResource;
  namespace: string;
  name: string;
}

const EVENTS_SHOWN = 100;
const loadWay = () => import('../../apply/way.tsx');
const loadPodWhy = () => import('../../why/pod-why.tsx');
const loadWorkloadWhy = () => import('../../why/workload-why.tsx');
const loadMap = () => import('../../map/map-tab.tsx');

export function ObjectDrawer({ cluster, kinds, resource, namespace, name }: ObjectDrawerProps) {
  const collection = useObject(cluster, resource, namespace, name);
  const names = useMemo(() => sourcesOf(groupResource(resource)), [resource]);
  const others = useSources(cluster, kinds, names, namespace);
  const [asked, ask] = useState<Asked>();
  const refuses = useRights(cluster, resource, namespace);
  const object = collection?.objects.value.get(`${namespace}/${name}`);
  const title = `${resource.singular}/${name}`;
  if (!object) {
    const problem = collection?.problem.value;
    const text = problem ?? (collection?.complete.value ? t('gone', { name: title }) : t('loading'));
    const tabs = [{ name: 'Summary', title: t('summary'), content: () => <p class="notice">{text}</p> }];
    return <Drawer title={title} tabs={tabs} />;
  }
  const start = (action: ActionName) => ask({ name: action, targets: [{ resource, object }] });
  const edit = actionsOf(resource, object).find((action) => action.name === 'editLabels');
  const mayEdit = edit !== undefined && refuses(edit, name) === undefined;
  const subject = { kind: object.kind, name, uid: object.metadata.uid };
  const events = [...cluster.events.objects.value.values()].filter((event) => isAbout(event, subject));
  const tabs = [
    {
      name: 'Summary',
      title: t('summary'),
      content: () => (
        <Summary
          cluster={cluster}
          object={object}
          resource={resource}
          kinds={kinds}
          mayEdit={mayEdit}
          onAction={start}
        />
      ),
    },
    {
      name: 'Related',
      title: t('related'),
      content: () => (
        <RelatedView cluster={cluster} resource={resource} object={object} kinds={kinds} others={others} />
      ),
    },
    ...(isOnMap(resource)
      ? [
          {
            name: 'Map',
            title: t('map'),
            content: () => <Lazy load={loadMap} props={{ cluster, kinds, resource, namespace, name }} />,
          },
        ]
      : []),
    {
      name: 'Events',
      title: t('events'),
      content: () => <EventList events={events} most={EVENTS_SHOWN} about={false} />,
    },
    {
      name: 'YAML',
      title: t('yaml'),
      content: () => <YamlTab cluster={cluster} resource={resource} object={object} />,
    },
    ...(object.kind === 'Pod' && resource.group === '' ? podTabs(cluster, object as unknown as Pod) : []),
    ...workloadTabs(cluster, resource, object),
    ...nodeTabs(cluster, resource, object),
    ...storyTabs(cluster, resource, object),
  ];
  return (
    <>
      <Drawer
        title={title}
        badge={<Badge object={object} />}
        actions={<ActionMenu resource={resource} object={object} refuses={refuses} onAction={start} />}
        tabs={tabs}
      />
      {asked && <ActionDialog cluster={cluster} {...asked} onClose={() => ask(undefined)} />}
    </>
  );
}

function podTabs(cluster: Cluster, pod: Pod) {
  const { uid } = pod.metadata;
  return [
    { name: 'Logs', title: t('logs'), content: () => <PodLogs cluster={cluster} pod={pod} /> },
    { name: 'Usage', title: usageText('usage'), content: () => <PodUsage cluster={cluster} pod={pod} /> },
    { name: 'Terminal', title: terminalText('terminal'), content: () => <PodTerminal cluster={cluster} pod={pod} /> },
    { name: 'Why', title: t('why'), content: () => <Lazy key={uid} load={loadPodWhy} props={{ cluster, pod }} /> },
  ];
}

/** Kinds that select pods, whose logs are followed together. */
const SELECTING = ['deployments.apps', 'replicasets.apps', 'statefulsets.apps', 'daemonsets.apps', 'jobs.batch'];

function workloadTabs(cluster: Cluster, resource: ApiResource, object: KubeObject) {
  if (!SELECTING.includes(groupResource(resource))) return [];
  const { namespace = '', name = '' } = object.metadata;
  const { spec } = object as { spec?: { selector?: LabelSelectorObject } };
  const logs = () => <WorkloadLogs cluster={cluster} namespace={namespace} name={name} selector={spec?.selector} />;
  const why = () => <Lazy key={object.metadata.uid} load={loadWorkloadWhy} props={{ cluster, object }} />;
  const usage = () => <WorkloadUsage cluster={cluster} namespace={namespace} selector={spec?.selector} />;
  return [
    { name: 'Logs', title: t('logs'), content: logs },
    { name: 'Usage', title: usageText('usage'), content: usage },
    { name: 'Why', title: t('why'), content: why },
  ];
}

function nodeTabs(cluster: Cluster, resource: ApiResource, { metadata }: KubeObject) {
  if (groupResource(resource) !== 'nodes') return [];
  const { name = '' } = metadata;
  return [{ name: 'Usage', title: usageText('usage'), content: () => <NodeUsage cluster={cluster} name={name} /> }];
}

/** The way from a request to running containers. What an aggregated API keeps is not in the cluster's log. */
function storyTabs(cluster: Cluster, resource: ApiResource, object: KubeObject) {
  if (!resource.verbs.includes('watch') || object.kind === 'Event') return [];
  const { namespace = '', name = '', uid } = object.metadata;
  const subject = { resource: groupResource(resource), namespace, name };
  const changes = [object, ...[cluster.deployments, cluster.replicaSets, cluster.pods].map((one) => one.objects.value)];
  const content = () => <Lazy key={uid} load={loadWay} props={{ cluster, subject, changes }} />;
  return [{ name: 'Story', title: t('story'), content }];
}

function Badge({ object }: { object: KubeObject }) {
  const status = statusOf(object);
  return status ? <span class={status.tone}>{status.text}</span> : null;
}
