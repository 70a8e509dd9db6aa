/** A card a node, with a square for each of its pods. */
import type { Node, Pod } from '../../../kube/types.ts';
import { isSimulated } from '../../../wire/nodes.ts';
import type { Cluster } from '../api/cluster.ts';
import { keyOf } from '../api/collection.ts';
import { linkTo } from '../api/route.ts';
import { NODES, PODS } from '../kinds/ids.ts';
import { allocatableMemory, nodeStatus } from '../kinds/node.ts';
import { podStatus } from '../kinds/pod.ts';
import { brokenFirst, byName, isBroken } from '../kinds/workloads.ts';
import { t } from './messages.ts';

/** So many pods of a node are links: more would be too small for a finger. */
const LINKED = 40;

/** `pods`: those in the filter. */
export function NodeGrid({ cluster, pods }: { cluster: Cluster; pods: Pod[] }) {
  const nodes = [...cluster.nodes.objects.value.values()];
  const byNode = Map.groupBy(pods, (pod) => pod.spec?.nodeName ?? '');
  if (nodes.length === 0) {
    return (
      <p class="empty">{t.parts('noNodes', { line: <code>npx islet token create --print-join-command</code> })}</p>
    );
  }
  const waiting = byNode.get('') ?? [];
  return (
    <div class="nodes">
      {nodes.sort(byName).map((node) => (
        <NodeCard key={node.metadata.uid} node={node} pods={byNode.get(node.metadata.name ?? '') ?? []} />
      ))}
      {waiting.length > 0 && (
        <div class="node">
          <div class="title">
            <span>{t('noNode')}</span> <span class="busy">{t('waitingCount', { count: waiting.length })}</span>
          </div>
          <div class="detail">{t('notScheduled')}</div>
          <Squares pods={waiting} />
        </div>
      )}
    </div>
  );
}

function NodeCard({ node, pods }: { node: Node; pods: Pod[] }) {
  const { text, tone } = nodeStatus(node);
  const { kubeletVersion = '', containerRuntimeVersion = '' } = node.status?.nodeInfo ?? {};
  const { cpu = '?' } = node.status?.allocatable ?? {};
  const { name = '' } = node.metadata;
  return (
    <article class="node" data-node={name}>
      <div class="title">
        <a href={linkTo({ selected: { kind: NODES, namespace: '', name }, tab: undefined })}>{name}</a>{' '}
        <span class={tone}>{text}</span>
      </div>
      <div class="detail" title={`${kubeletVersion} ${containerRuntimeVersion}`}>
        {isSimulated(node) ? t('simulated') : containerRuntimeVersion.replace(/:.*/, '')} · {cpu} CPU ·{' '}
        {allocatableMemory(node)}
      </div>
      <Squares pods={pods} node={name} />
    </article>
  );
}

/** Each pod of a few is a link. Many are a picture that leads to the node, whose list of pods has them all. */
function Squares({ pods, node }: { pods: Pod[]; node?: string }) {
  if (pods.length > LINKED) return <Picture pods={pods} node={node} />;
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
            href={linkTo({ selected: { kind: PODS, namespace, name }, tab: undefined })}
          >
            <span class="for-readers">{label}</span>
          </a>
        );
      })}
    </div>
  );
}

function Picture({ pods, node }: { pods: Pod[]; node?: string }) {
  const broken = pods.filter(isBroken).length;
  const label = [t('podCount', { count: pods.length }), broken > 0 && t('failing', { count: broken })]
    .filter(Boolean)
    .join(', ');
  const squares = pods
    .sort(brokenFirst)
    .map((pod) => <span key={keyOf(pod)} class={`square ${podStatus(pod).tone}`} aria-hidden="true" />);
  const text = <span class="for-readers">{label}</span>;
  if (node === undefined) {
    return (
      <div class="squares is-dense" title={label}>
        {squares}
        {text}
      </div>
    );
  }
  const href = linkTo({ selected: { kind: NODES, namespace: '', name: node }, tab: undefined });
  return (
    <a class="squares is-dense" title={label} href={href}>
      {squares}
      {text}
    </a>
  );
}
