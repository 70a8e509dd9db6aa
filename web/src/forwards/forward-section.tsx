/** The ports that the account has open in browsers, of all its clusters. */
import { attempt, Section } from '../account/section.tsx';
import { useLoaded } from '../account/use-loaded.ts';
import { listClusters } from '../api/session.ts';
import { Age } from '../ui/age.tsx';
import { notify } from '../ui/notices.tsx';
import './forwards.css';
import { t } from './messages.ts';
import { closeForward, type Forwards, listForwards } from './requests.ts';

async function load(): Promise<Forwards & { names: ReadonlyMap<string, string> }> {
  const forwards = await listForwards();
  const clusters = forwards.items.length > 0 ? await listClusters() : [];
  return { ...forwards, names: new Map(clusters.map(({ id, name }) => [id, name])) };
}

export function ForwardSection() {
  const { value, problem, reload } = useLoaded(load);
  const close = async (id: string): Promise<void> => {
    await closeForward(id);
    notify(t('closed'));
    await reload();
  };
  if (!value?.offered && !value?.items.length && !problem) return null;
  return (
    <Section title={t('openPorts')} text={t('openPortsText')} problem={problem}>
      {value?.items.length === 0 && <p class="note">{t('none')}</p>}
      <ul class="rows">
        {value?.items.map(({ id, cluster, target, created, site }) => (
          <li key={id}>
            <span class="what">
              <a href={site} target="_blank" rel="noopener noreferrer">
                {target.namespace}/{target.kind === 'pods' ? 'pod' : 'service'}/{target.name}:{target.port}
              </a>
              <span class="about">
                {value.names.get(cluster) ?? cluster} · {t.parts('opened', { age: <Age since={created} /> })}
              </span>
            </span>
            <button
              type="button"
              aria-label={t('closePort', { port: `${target.name}:${target.port}` })}
              onClick={() => void attempt(() => close(id))}
            >
              {t('close')}
            </button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
