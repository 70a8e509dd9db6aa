/** The page `apply`: what people asked for last, live, and the way of the one that is chosen. */
import type { HistoryChange } from '../../../wire/history.ts';
import { linkTo, route } from '../api/route.ts';
import { kindId } from '../history/object-path.ts';
import { locale } from '../i18n/index.ts';
import type { PageProps } from '../ui/pages.ts';
import { SelectedView } from '../ui/selected-view.tsx';
import { t } from './messages.ts';
import { useApplies } from './use-applies.ts';
import Way from './way.tsx';
import { whatWords } from './what-words.ts';

export default function ApplyPage({ cluster }: PageProps) {
  const { namespace, search = '', params } = route.value;
  const { applies, problem, refresh } = useApplies(cluster, namespace);
  if (!applies) return <p class={problem ? 'notice bad' : 'empty loading'}>{problem ?? t('reading')}</p>;
  const wanted = applies.filter(({ name, kind }) => `${kind}/${name}`.toLowerCase().includes(search.toLowerCase()));
  const chosen = chosenIn(params.way) ?? (wanted[0] && wayOf(wanted[0]));
  const lists = [cluster.deployments, cluster.replicaSets, cluster.pods, cluster.statefulSets, cluster.daemonSets];
  const key = chosen && `${chosen.resource}/${chosen.namespace}/${chosen.name}/${chosen.revision}`;
  return (
    <div class="applies">
      <section class="card" aria-label={t('applies')}>
        <header>
          <h2>{t('applies')}</h2>
          <button type="button" class="button" onClick={refresh}>
            {t('refresh')}
          </button>
        </header>
        {problem && (
          <p class="bad" role="alert">
            {problem}
          </p>
        )}
        {wanted.length === 0 && <p class="empty">{t('noApplies')}</p>}
        <ul class="rows">
          {wanted.map((change) => (
            <Row key={change.revision} change={change} isChosen={change.revision === chosen?.revision} />
          ))}
        </ul>
      </section>
      <section class="card" aria-label={t('way')}>
        {chosen ? (
          <>
            <h2>
              <a class="inline" href={detailOf(chosen)}>
                {chosen.resource}/{chosen.name}
              </a>
            </h2>
            <Way
              key={key}
              cluster={cluster}
              subject={chosen}
              changes={[applies, ...lists.map(({ objects }) => objects.value)]}
              plays
            />
          </>
        ) : (
          <p class="empty">{t('chooseApply')}</p>
        )}
      </section>
      <SelectedView cluster={cluster} />
    </div>
  );
}

function Row({ change, isChosen }: { change: HistoryChange; isChosen: boolean }) {
  const { kind, namespace, name, who, parts, time, revision } = change;
  const href = linkTo({ params: { way: [revision, kindId(change), namespace, name].join('|') } });
  return (
    <li>
      <a class="apply" href={href} aria-current={isChosen ? 'true' : undefined}>
        <time dateTime={time} title={new Date(time).toLocaleString(locale.value)}>
          {new Date(time).toLocaleTimeString(locale.value)}
        </time>
        <span class="subject">
          {kind.toLowerCase()}/{name} <b>{whatWords(parts)}</b>
          <span class="about">
            {namespace && `${namespace} · `}
            {who}
          </span>
        </span>
      </a>
    </li>
  );
}

interface Chosen {
  revision: number;
  /** As the page's addresses name it: `apps/v1/deployments`. */
  kind: string;
  resource: string;
  namespace: string;
  name: string;
}

function wayOf(change: HistoryChange): Chosen {
  const { revision, resource, namespace, name } = change;
  return { revision, kind: kindId(change), resource, namespace, name };
}

/** `12|apps/v1/deployments|default|web` */
function chosenIn(text = ''): Chosen | undefined {
  const [revision = '', kind = '', namespace = '', name = ''] = text.split('|');
  const [, group = '', plural = ''] = /^(?:([^/]+)\/)?[^/]+\/([^/]+)$/.exec(kind) ?? [];
  if (!/^\d{1,15}$/.test(revision) || plural === '' || name === '') return undefined;
  return { revision: Number(revision), kind, resource: group ? `${plural}.${group}` : plural, namespace, name };
}

function detailOf({ kind, namespace, name }: Chosen): string {
  return linkTo({ selected: { kind, namespace, name }, tab: undefined });
}
