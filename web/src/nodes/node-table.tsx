/** A row a node: what its pods ask for, how many they are, and what can be done with it. */
import type { Node, Pod } from '../../../kube/types.ts';
import { isSimulated } from '../../../wire/nodes.ts';
import type { Cluster } from '../api/cluster.ts';
import { linkTo } from '../api/route.ts';
import { NODES } from '../kinds/ids.ts';
import { nodeStatus } from '../kinds/node.ts';
import { byName } from '../kinds/workloads.ts';
import { Actions } from '../ui/actions.tsx';
import { notify } from '../ui/notices.tsx';
import { type Amount, askedOf, cpuText, memoryText } from './amounts.ts';
import { t } from './messages.ts';
import { type Stress, stresses, stressesOf, stressPatch } from './simulated.ts';

export function NodeTable({ cluster, nodes }: { cluster: Cluster; nodes: readonly Node[] }) {
  const byNode = Map.groupBy(cluster.pods.objects.value.values(), ({ spec }) => spec?.nodeName ?? '');
  return (
    <div class="node-table">
      <table>
        <thead>
          <tr>
            <th>{t('name')}</th>
            <th>{t('status')}</th>
            <th>{t('kind')}</th>
            <th>{t('zone')}</th>
            <th>{t('cpu')}</th>
            <th>{t('memory')}</th>
            <th>{t('pods')}</th>
            <th>{t('state')}</th>
            {!cluster.past && (
              <th>
                <span class="for-readers">{t('actions')}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {[...nodes].sort(byName).map((node) => (
            <Row
              key={node.metadata.uid}
              cluster={cluster}
              node={node}
              pods={byNode.get(node.metadata.name ?? '') ?? []}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ cluster, node, pods }: { cluster: Cluster; node: Node; pods: readonly Pod[] }) {
  const { name = '', labels = {} } = node.metadata;
  const { text, tone } = nodeStatus(node);
  const asked = askedOf(node, pods);
  return (
    <tr data-node={name}>
      <th scope="row">
        <a href={linkTo({ selected: { kind: NODES, namespace: '', name }, tab: undefined })}>{name}</a>
      </th>
      <td class={tone}>{text}</td>
      <td>{t(isSimulated(node) ? 'simulated' : 'machine')}</td>
      <td>{labels['topology.kubernetes.io/zone'] ?? '–'}</td>
      <Share label={t('cpu')} amount={asked.cpu} text={cpuText} />
      <Share label={t('memory')} amount={asked.memory} text={memoryText} />
      <Share label={t('pods')} amount={asked.pods} text={String} />
      <td>{isSimulated(node) ? <StressChoice cluster={cluster} node={node} /> : '–'}</td>
      {!cluster.past && (
        <td>
          <Actions cluster={cluster} kind="v1/nodes" object={node} />
        </td>
      )}
    </tr>
  );
}

function Share({ label, amount, text }: { label: string; amount: Amount; text(value: number): string }) {
  const { used, most } = amount;
  return (
    <td class="share">
      <progress max={most || 1} value={Math.min(used, most || 1)} aria-label={label} />
      <span class="number">{t('of', { used: text(used), most: text(most) })}</span>
    </td>
  );
}

function StressChoice({ cluster, node }: { cluster: Cluster; node: Node }) {
  const { name = '' } = node.metadata;
  const now = stressesOf(node);
  const choose = async (value: string): Promise<void> => {
    const stress = value === '' ? undefined : (value as Stress);
    await cluster.api.patch(`/api/v1/nodes/${encodeURIComponent(name)}`, 'merge', stressPatch(stress)).then(
      () => notify(stressText(stress, name)),
      (error: Error) => notify(error.message, { tone: 'bad' }),
    );
  };
  return (
    <select
      aria-label={t('stressOf', { name })}
      disabled={cluster.past !== undefined}
      value={now.length > 1 ? 'several' : (now[0] ?? '')}
      onChange={({ currentTarget }) => void choose(currentTarget.value)}
    >
      <option value="">{t('none')}</option>
      {now.length > 1 && (
        <option value="several" disabled>
          {t('several')}
        </option>
      )}
      {stresses.map((stress) => (
        <option key={stress} value={stress}>
          {t(stress)}
        </option>
      ))}
    </select>
  );
}

function stressText(stress: Stress | undefined, name: string): string {
  if (stress === undefined) return t('endedText', { name });
  if (stress === 'unreachable' || stress === 'ready') return t(`${stress}Text`, { name });
  return t('pressureText', { name });
}
