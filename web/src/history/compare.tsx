/** The objects that differ between two revisions; each opens as a diff. */
import { useEffect, useState } from 'preact/hooks';
import { HISTORY_PATH, type HistoryDiff, type HistoryDifference } from '../../../wire/history.ts';
import type { Cluster } from '../api/cluster.ts';
import { Api } from '../api/request.ts';
import { t } from './messages.ts';
import { ObjectDiff } from './object-diff.tsx';
import { titleOf } from './object-path.ts';

interface CompareProps {
  cluster: Cluster;
  from: number;
  to: number;
  namespace?: string;
}

export function Compare({ cluster, from, to, namespace }: CompareProps) {
  const [items, setItems] = useState<readonly HistoryDifference[]>([]);
  const [next, setNext] = useState<string>();
  const [loaded, setLoaded] = useState(false);
  const [problem, setProblem] = useState<string>();
  const load = async (position?: string): Promise<void> => {
    try {
      const query = { from, to, namespace, limit: 200, continue: position };
      const answer = await new Api(cluster.base).get<HistoryDiff>(`${HISTORY_PATH}/diff`, { query });
      setItems((before) => (position === undefined ? answer.items : [...before, ...answer.items]));
      setNext(answer.continue);
      setLoaded(true);
      setProblem(undefined);
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  useEffect(() => void load(), [from, to, namespace]);
  if (problem) {
    return (
      <p class="notice bad" role="alert">
        {problem}
      </p>
    );
  }
  if (!loaded) return <p class="empty loading">{t('loading')}</p>;
  if (items.length === 0 && next === undefined) return <p class="empty">{t('noDifference')}</p>;
  return (
    <>
      <ul class="rows">
        {items.map((item) => (
          <Difference key={titleOf(item)} cluster={cluster} item={item} from={from} to={to} />
        ))}
      </ul>
      {next !== undefined && (
        <button type="button" class="button" onClick={() => void load(next)}>
          {t('showMore')}
        </button>
      )}
    </>
  );
}

interface DifferenceProps {
  cluster: Cluster;
  item: HistoryDifference;
  from: number;
  to: number;
}

function Difference({ cluster, item, from, to }: DifferenceProps) {
  const [open, setOpen] = useState(false);
  return (
    <li>
      <button type="button" class="change is-short" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span class="subject">
          <span class={`action is-${item.change}`}>{t(item.change)}</span> {titleOf(item)}
          {item.fields && <span class="about">{item.fields.slice(0, 6).join(', ')}</span>}
        </span>
      </button>
      {open && (
        <div class="opened">
          <ObjectDiff cluster={cluster} of={item} from={from} to={to} />
        </div>
      )}
    </li>
  );
}
