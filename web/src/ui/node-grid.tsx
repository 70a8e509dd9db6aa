import type { Node, Pod } from '../../../kube/types.ts';
import type { Cluster } from '../api/cluster.ts';
import { keyOf } from '../api/collection.ts';
import { linkTo } from '../api/route.ts';
import { isSimulated, nodeStatus } from '../kinds/node.ts';
import { podStatus } from '../kinds/pod.ts';

export function NodeGrid({ cluster }: { cluster: Cluster }) {
  const nodes = [...cluster.nodes.objects.value.values()];
  const pods = podsByNode([...cluster.pods.objects.value.values()]);
  if (nodes.length === 0) {
    return (
      <p class="empty">
        No nodes yet. Join a machine with the line that <code>npx islet token create --print-join-command</code> prints.
      </p>
    );
  }
  const pending = pods.get('') ?? [];
  return (
    <div class="nodes">
      {nodes.sort(byName).map((node) => (
        <NodeCard key={node.metadata.uid} node={node} pods={pods.get(node.metadata.name ?? '') ?? []} />
      ))}
      {pending.length > 0 && (
        <div class="node">
          <div class="title">
            not on a node <span class="busy">{pending.length} pending</span>
          </div>
          <Squares pods={pending} />
        </div>
      )}
    </div>
  );
}

function NodeCard({ node, pods }: { node: Node; pods: Pod[] }) {
  const { text, tone } = nodeStatus(node);
  const { kubeletVersion = '', containerRuntimeVersion = '' } = node.status?.nodeInfo ?? {};
  const { cpu = '?', memory = '?' } = node.status?.allocatable ?? {};
  return (
    <article class="node" data-node={node.metadata.name}>
      <div class="title">
        {node.metadata.name} <span class={tone}>{text}</span>
      </div>
      <div class="detail" title={`${kubeletVersion} ${containerRuntimeVersion}`}>
        {isSimulated(node) ? 'simulated' : containerRuntimeVersion} · {cpu} CPU · {memory}
      </div>
      <Squares pods={pods} />
    </article>
  );
}

function Squares({ pods }: { pods: Pod[] }) {
  return (
    <div class="squares">
      {pods.sort(byName).map((pod) => {
        const { text, tone } = podStatus(pod);
        const { namespace = '', name = '' } = pod.metadata;
        const label = `${namespace}/${name}: ${text}`;
        return (
          <a
            key={keyOf(pod)}
            class={`square ${tone}`}
            title={label}
            href={linkTo({ selected: { kind: 'pods', namespace, name }, tab: undefined })}
          >
            <span class="for-readers">{label}</span>
          </a>
        );
      })}
    </div>
  );
}

function podsByNode(pods: Pod[]): Map<string, Pod[]> {
  const byNode = new Map<string, Pod[]>();
  for (const pod of pods) {
    const node = pod.spec?.nodeName ?? '';
    byNode.set(node, [...(byNode.get(node) ?? []), pod]);
  }
  return byNode;
}

function byName(a: { metadata: { name?: string } }, b: { metadata: { name?: string } }): number {
  return (a.metadata.name ?? '').localeCompare(b.metadata.name ?? '');
}
