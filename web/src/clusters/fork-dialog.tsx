/** A copy of a cluster, as it is now or was earlier. */
import { useEffect, useState } from 'preact/hooks';
import type { HistoryRange } from '../../../wire/history.ts';
import { follow } from '../api/route.ts';
import { type ClusterRef, refreshClusters } from '../api/session.ts';
import { notify } from '../ui/notices.tsx';
import { homeOf } from './links.ts';
import { t } from './messages.ts';
import { freeName } from './names.ts';
import { fork, history, revisionAt } from './requests.ts';
import { NameField, WorkDialog } from './work-dialog.tsx';

type When = 'now' | 'time' | 'revision';

interface ForkDialogProps {
  cluster: ClusterRef;
  taken: readonly string[];
  /** Proposed: a moment that is looked at. */
  revision?: number;
  onClose(): void;
}

export function ForkDialog({ cluster, taken, revision: proposed, onClose }: ForkDialogProps) {
  const [name, setName] = useState(() => freeName(`${cluster.name}-copy`, taken));
  const [when, setWhen] = useState<When>(proposed === undefined ? 'now' : 'revision');
  const [revision, setRevision] = useState(proposed);
  const [time, setTime] = useState('');
  const [range, setRange] = useState<HistoryRange>();
  useEffect(() => {
    if (when !== 'now' && !range) history(cluster.id).then(setRange, () => {});
  }, [when]);
  const work = async (): Promise<void> => {
    let at = when === 'revision' ? revision : undefined;
    if (when === 'time') {
      at = await revisionAt(cluster, new Date(time).toISOString());
      if (at === undefined) throw new Error(t('notKept'));
    }
    await fork(cluster.name, name, at);
    refreshClusters();
    const open = { title: t('open'), run: () => follow(homeOf(name)) };
    notify(t('forked', { name: cluster.name, copy: name }), { action: open });
  };
  return (
    <WorkDialog
      title={t('forkTitle', { name: cluster.name })}
      text={t('forkText')}
      action={t('fork')}
      going={t('forking')}
      line={`clusters fork ${cluster.name} ${name || 'COPY'}${momentFlag(when, revision, time)}`}
      onClose={onClose}
      work={work}
    >
      <NameField label={t('copyName')} value={name} onInput={setName} />
      <label>
        {t('when')}
        <select value={when} onChange={({ currentTarget }) => setWhen(currentTarget.value as When)}>
          <option value="now">{t('asNow')}</option>
          <option value="time">{t('asAtTime')}</option>
          <option value="revision">{t('asAtRevision')}</option>
        </select>
      </label>
      {when === 'time' && (
        <label>
          {t('time')}
          <input
            type="datetime-local"
            required
            step={1}
            value={time}
            onInput={({ currentTarget }) => setTime(currentTarget.value)}
          />
        </label>
      )}
      {when === 'revision' && (
        <label>
          {t('revision')}
          <input
            type="number"
            required
            min={range?.oldest.revision}
            max={range?.newest.revision}
            value={revision ?? ''}
            onInput={({ currentTarget }) => setRevision(currentTarget.valueAsNumber || undefined)}
          />
        </label>
      )}
      {when !== 'now' && range && (
        <p class="about">
          {t('keptRange', {
            oldest: range.oldest.revision,
            newest: range.newest.revision,
            time: new Date(range.oldest.time).toLocaleString(),
          })}
        </p>
      )}
    </WorkDialog>
  );
}

function momentFlag(when: When, revision: number | undefined, time: string): string {
  if (when === 'revision') return ` --revision ${revision ?? 'N'}`;
  if (when === 'time') return ` --at ${time === '' ? 'TIME' : new Date(time).toISOString()}`;
  return '';
}
