/** One change: who, what and when; opened, what it did to the object, and what can be done about it. */
import { useState } from 'preact/hooks';
import type { HistoryChange } from '../../../wire/history.ts';
import type { Cluster } from '../api/cluster.ts';
import { linkTo, pageLink } from '../api/route.ts';
import { locale } from '../i18n/index.ts';
import { t } from './messages.ts';
import { ObjectDiff } from './object-diff.tsx';
import { kindId, titleOf } from './object-path.ts';

interface ChangeRowProps {
  cluster: Cluster;
  change: HistoryChange;
  /** The oldest revision that is kept. */
  oldest: number;
  onRewind(change: HistoryChange): void;
}

export function ChangeRow({ cluster, change, oldest, onRewind }: ChangeRowProps) {
  const [open, setOpen] = useState(false);
  const { revision, time, who, what, namespace, name } = change;
  const before = Math.max(oldest, revision - 1);
  const at = change.change === 'delete' ? before : revision;
  return (
    <li>
      <button type="button" class="change" aria-expanded={open} onClick={() => setOpen(!open)}>
        <time dateTime={time} title={new Date(time).toLocaleString(locale.value)}>
          {new Date(time).toLocaleTimeString(locale.value)}
        </time>
        <span class="number quiet">{revision}</span>
        <span class="subject">
          <span class={`action is-${change.change}`}>{t(change.change)}</span> {titleOf(change)}
          <span class="about">
            {who}: {what}
          </span>
        </span>
      </button>
      {open && (
        <div class="opened">
          <div class="buttons">
            <a class="button" href={linkTo({ at: revision })}>
              {t('lookAtIt')}
            </a>
            <a
              class="button"
              href={pageLink('resources', {
                at,
                resource: kindId(change),
                selected: { kind: kindId(change), namespace, name },
              })}
            >
              {t('openObject')}
            </a>
            <button type="button" class="button" onClick={() => onRewind(change)}>
              {t('takeBack')}
            </button>
          </div>
          <ObjectDiff cluster={cluster} of={change} from={before} to={revision} />
        </div>
      )}
    </li>
  );
}
