/** The page `logs`: the logs of all pods with some labels, in the namespace that is chosen or in all. */
import { useMemo, useState } from 'preact/hooks';
import { parseLabelSelector, type Selector } from '../../../kube/machinery/selectors/labels.ts';
import { amend, route } from '../api/route.ts';
import type { PageProps } from '../ui/pages.ts';
import LogPanel from './log-panel.tsx';
import { t } from './messages.ts';
import { podsOf } from './targets.ts';

export default function LogsPage({ cluster }: PageProps) {
  const { namespace = '', params } = route.value;
  const labels = params.labels ?? '';
  const [typed, setTyped] = useState(labels);
  const { selector, problem } = useMemo(() => read(labels), [labels]);
  const pods = selector ? podsOf(cluster.pods.objects.value.values(), { namespace, selector }) : [];
  return (
    <section aria-label={t('title')}>
      <form
        class="log-choice"
        onSubmit={(event) => {
          event.preventDefault();
          amend({ params: { ...params, labels: typed } });
        }}
      >
        <label>
          {t('selector')}
          <input
            type="text"
            value={typed}
            placeholder={t('selectorHint')}
            spellcheck={false}
            autocapitalize="off"
            aria-invalid={problem !== undefined}
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          />
        </label>
        <button type="submit" class="button is-main">
          {t('follow')}
        </button>
      </form>
      {problem !== undefined && (
        <p class="notice bad" role="alert">
          {t('selectorWrong', { reason: problem })}
        </p>
      )}
      {labels === '' && <p class="empty">{t('intro')}</p>}
      {selector && pods.length === 0 && <p class="notice">{t('nobody')}</p>}
      {selector && (
        <LogPanel key={`${namespace}/${labels}`} cluster={cluster} pods={pods} name={`logs-${namespace || 'all'}`} />
      )}
    </section>
  );
}

function read(labels: string): { selector?: Selector; problem?: string } {
  if (labels.trim() === '') return {};
  try {
    return { selector: parseLabelSelector(labels) };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}
