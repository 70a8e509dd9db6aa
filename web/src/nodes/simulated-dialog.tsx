/** Simulated nodes are added to the cluster. */
import { useState } from 'preact/hooks';
import { freeSimulatedNames } from '../../../wire/nodes.ts';
import type { Cluster } from '../api/cluster.ts';
import { WorkDialog } from '../clusters/work-dialog.tsx';
import { notify } from '../ui/notices.tsx';
import { t } from './messages.ts';
import { addLine, capacityProblem, newNode, taintOf } from './simulated.ts';

const MOST = 1000;
/** Requests under way at once. */
const AT_ONCE = 8;

export function SimulatedDialog({ cluster, onClose }: { cluster: Cluster; onClose(): void }) {
  const [count, setCount] = useState(1);
  const [shape, setShape] = useState({ zone: '', capacity: '', taint: '' });
  const work = async (): Promise<void> => {
    const nodes = [...cluster.nodes.objects.peek().values()];
    const names = freeSimulatedNames(nodes, count);
    if (names.length < count) throw new Error(t('tooMany', { count: names.length }));
    const problem = capacityProblem(shape.capacity);
    if (problem) throw new Error(`${t('capacity')}: ${problem}`);
    if (shape.taint.trim() && !taintOf(shape.taint.trim())) throw new Error(t('badTaint'));
    const waiting = [...names];
    const next = async (): Promise<void> => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        await cluster.api.post('/api/v1/nodes', newNode(name, shape, nodes));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    notify(t('added', { count }));
  };
  const field = (name: keyof typeof shape, placeholder: string) => (
    <label>
      {t(name)}
      <input
        type="text"
        autocomplete="off"
        spellcheck={false}
        placeholder={placeholder}
        value={shape[name]}
        onInput={({ currentTarget }) => setShape({ ...shape, [name]: currentTarget.value })}
      />
    </label>
  );
  return (
    <WorkDialog
      title={t('addSimulated')}
      text={t('simulatedText')}
      action={t('add')}
      going={t('adding')}
      disabled={count < 1}
      line={addLine(count, shape, cluster.ref.name)}
      onClose={onClose}
      work={work}
    >
      <label>
        {t('howMany')}
        <input
          type="number"
          min={1}
          max={MOST}
          autofocus
          value={count}
          onInput={({ currentTarget }) => setCount(currentTarget.valueAsNumber || 0)}
        />
      </label>
      {field('zone', 'zone-a')}
      {field('capacity', 'cpu=4,memory=8Gi')}
      <p class="about">{t('capacityHint')}</p>
      {field('taint', 'dedicated=db:NoSchedule')}
    </WorkDialog>
  );
}
