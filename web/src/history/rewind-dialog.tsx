/** Brings an earlier state back: says first what it would take, and afterwards how to undo it. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { HISTORY_PATH, type HistoryRange, type RewindAction } from '../../../wire/history.ts';
import type { Cluster } from '../api/cluster.ts';
import { Api } from '../api/request.ts';
import { amend } from '../api/route.ts';
import { IsletLine } from '../clusters/islet-line.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { notify } from '../ui/notices.tsx';
import { t as shell } from '../ui/shell/messages.ts';
import { t } from './messages.ts';
import { titleOf } from './object-path.ts';
import { type Rewind, rewind, rewindLine } from './rewind.ts';

/** More are counted. */
const SHOWN = 100;

interface RewindDialogProps {
  cluster: Cluster;
  asked: Rewind;
  onClose(): void;
}

export function RewindDialog({ cluster, asked, onClose }: RewindDialogProps) {
  const api = useMemo(() => new Api(cluster.base), [cluster.base]);
  const [plan, setPlan] = useState<readonly RewindAction[]>();
  const [done, setDone] = useState<number>();
  const [refused, setRefused] = useState<readonly RewindAction[]>([]);
  const [problem, setProblem] = useState<string>();
  const failed = (error: Error): void => {
    setProblem(error.message);
    setDone(undefined);
  };
  useEffect(() => {
    rewind(api, { ...asked, dryRun: true }, () => {}).then(setPlan, failed);
  }, []);
  const work = async (): Promise<void> => {
    setDone(0);
    setProblem(undefined);
    const { newest } = await api.get<HistoryRange>(HISTORY_PATH);
    const made = await rewind(api, asked, (items) => setDone(items.length));
    const wrong = made.filter(({ error }) => error !== undefined);
    const undo = { title: t('undo'), run: () => void undoTo(api, { ...asked, revision: newest.revision }) };
    notify(t('rewound', { count: made.length - wrong.length }), { action: undo });
    if (wrong.length === 0) return leave();
    setRefused(wrong);
    setDone(undefined);
  };
  /** The objects that were brought back are seen in the present. */
  const leave = (): void => {
    onClose();
    amend({ at: undefined });
  };
  const isOver = refused.length > 0;
  const items = isOver ? refused : plan;
  return (
    <Dialog title={titleFor(asked)} onClose={isOver ? leave : onClose} class="wide">
      <p class="text">{t('rewindText')}</p>
      {!items && !problem && <p class="empty loading">{t('planning')}</p>}
      {items && (
        <p class="text" role="status">
          {isOver && t('someRefused', { count: items.length })}
          {!isOver && (items.length === 0 ? t('nothingToDo') : t('wouldChange', { count: items.length }))}
        </p>
      )}
      {items && items.length > 0 && <Plan items={items} />}
      <IsletLine line={rewindLine(cluster.ref.name, asked)} />
      {problem && (
        <p class="bad" role="alert">
          {problem}
        </p>
      )}
      <div class="buttons">
        <button type="button" class="button" onClick={isOver ? leave : onClose}>
          {isOver ? shell('close') : shell('cancel')}
        </button>
        {!isOver && (
          <button
            type="button"
            class="button is-main"
            disabled={!plan?.length || done !== undefined}
            onClick={() => void work().catch(failed)}
          >
            {done === undefined ? t('rewind') : t('rewinding', { done, count: plan?.length ?? 0 })}
          </button>
        )}
      </div>
    </Dialog>
  );
}

function Plan({ items }: { items: readonly RewindAction[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys.
    <ul class="rows plan" tabIndex={0}>
      {items.slice(0, SHOWN).map((item) => (
        <li key={titleOf(item)}>
          <span class={`action is-${item.action}`}>{t(item.action)}</span> {titleOf(item)}{' '}
          <span class="about">{item.fields?.slice(0, 5).join(', ')}</span>
          {item.error && <p class="bad">{item.error}</p>}
        </li>
      ))}
      {items.length > SHOWN && <li class="quiet">{t('more', { count: items.length - SHOWN })}</li>}
    </ul>
  );
}

function titleFor({ revision, namespace = '', resource, name }: Rewind): string {
  if (resource && name) return t('rewindObject', { object: titleOf({ resource, namespace, name }), revision });
  return namespace ? t('rewindNamespace', { namespace, revision }) : t('rewindAll', { revision });
}

async function undoTo(api: Api, before: Rewind): Promise<void> {
  await rewind(api, before, () => {}).then(
    () => notify(t('undone')),
    (error: Error) => notify(error.message, { tone: 'bad' }),
  );
}
