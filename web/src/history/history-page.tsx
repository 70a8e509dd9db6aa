/** The page `history`: what changed, two moments compared, and the way back to one of them. */
import { useEffect, useState } from 'preact/hooks';
import { amend, route } from '../api/route.ts';
import { ForkDialog } from '../clusters/fork-dialog.tsx';
import type { PageProps } from '../ui/pages.ts';
import { ChangeRow } from './change-row.tsx';
import { Compare } from './compare.tsx';
import './history.css';
import { looking } from './looking.ts';
import { t } from './messages.ts';
import { titleOf } from './object-path.ts';
import type { Rewind } from './rewind.ts';
import { RewindDialog } from './rewind-dialog.tsx';
import { lastUntil } from './timeline.ts';
import { useTimeline } from './use-timeline.ts';

const STEP = 100;

export default function HistoryPage({ cluster }: PageProps) {
  const timeline = useTimeline(cluster);
  const { at, namespace, search = '', params } = route.value;
  const [asked, ask] = useState<Rewind>();
  const [forks, setForks] = useState(false);
  const [most, setMost] = useState(STEP);
  useEffect(() => {
    looking.value = true;
  }, []);
  const range = timeline.range.value;
  if (!range) {
    const problem = timeline.problem.value;
    return <p class={problem ? 'notice bad' : 'empty loading'}>{problem ?? t('loading')}</p>;
  }
  const { oldest, newest } = range;
  const changes = timeline.changes.value;
  const until = at === undefined ? changes : changes.slice(0, lastUntil(changes, at) + 1);
  const wanted = until.filter(
    (change) =>
      (!namespace || change.namespace === namespace) &&
      (params.by !== 'people' || change.byPerson) &&
      (search === '' || `${titleOf(change)} ${change.who} ${change.what}`.includes(search)),
  );
  const from = numberIn(params.from);
  const to = numberIn(params.to);
  return (
    <div class="history">
      <section class="card" aria-label={t('moment')}>
        <h2>{t('moment')}</h2>
        <p class="about">{at === undefined ? t('chooseMoment') : t('momentChosen', { revision: at })}</p>
        <div class="buttons">
          <button
            type="button"
            class="button"
            disabled={at === undefined}
            onClick={() => amend({ params: { ...params, from: String(at), to: String(newest.revision) } })}
          >
            {t('compareWithNow')}
          </button>
          <button
            type="button"
            class="button"
            disabled={at === undefined}
            onClick={() => at !== undefined && ask({ revision: at, ...(namespace && { namespace }) })}
          >
            {namespace ? t('rewindNamespaceHere', { namespace }) : t('rewindHere')}
          </button>
          {/* A cluster of another account is copied by a link alone. */}
          {cluster.ref.role === undefined && (
            <button type="button" class="button" disabled={at === undefined} onClick={() => setForks(true)}>
              {t('forkHere')}
            </button>
          )}
        </div>
        <form
          class="between"
          onSubmit={(event) => {
            event.preventDefault();
            const given = new FormData(event.currentTarget);
            amend({ params: { ...params, from: String(given.get('from')), to: String(given.get('to')) } });
          }}
        >
          {(['from', 'to'] as const).map((name) => (
            <label key={name}>
              {t(name)}
              <input
                type="number"
                name={name}
                required
                min={oldest.revision}
                max={newest.revision}
                key={`${params[name]} ${at}`}
                defaultValue={params[name] ?? String(name === 'from' ? (at ?? oldest.revision) : newest.revision)}
              />
            </label>
          ))}
          <button type="submit" class="button">
            {t('compare')}
          </button>
        </form>
      </section>
      {from !== undefined && to !== undefined && (
        <section class="card" aria-label={t('differences')}>
          <header>
            <h2>{t('between', { from, to })}</h2>
            <button
              type="button"
              class="button"
              onClick={() => {
                const { from: _, to: __, ...others } = params;
                amend({ params: others });
              }}
            >
              {t('hide')}
            </button>
          </header>
          <Compare cluster={cluster} from={Math.min(from, to)} to={Math.max(from, to)} namespace={namespace} />
        </section>
      )}
      <section class="card" aria-label={t('changes')}>
        <header>
          <h2>{t('changes')}</h2>
          <label>
            <input
              type="checkbox"
              checked={params.by === 'people'}
              onChange={({ currentTarget }) => {
                const { by: _, ...others } = params;
                amend({ params: currentTarget.checked ? { ...others, by: 'people' } : others });
              }}
            />{' '}
            {t('byPeople')}
          </label>
        </header>
        {wanted.length === 0 && <p class="empty">{t('noChanges')}</p>}
        <ul class="rows">
          {wanted
            .slice(-most)
            .toReversed()
            .map((change) => (
              <ChangeRow
                key={change.revision}
                cluster={cluster}
                change={change}
                oldest={oldest.revision}
                onRewind={({ revision, resource, namespace: within, name }) =>
                  ask({
                    revision: Math.max(oldest.revision, revision - 1),
                    resource,
                    name,
                    ...(within && { namespace: within }),
                  })
                }
              />
            ))}
        </ul>
        {(wanted.length > most || timeline.older.value !== undefined) && (
          <button
            type="button"
            class="button"
            onClick={() => {
              setMost(most + STEP);
              if (wanted.length <= most + STEP) void timeline.loadOlder();
            }}
          >
            {t('showMore')}
          </button>
        )}
      </section>
      {asked && <RewindDialog cluster={cluster} asked={asked} onClose={() => ask(undefined)} />}
      {forks && (
        <ForkDialog cluster={cluster.ref} taken={[cluster.ref.name]} revision={at} onClose={() => setForks(false)} />
      )}
    </div>
  );
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
