/** The use of the account's clusters, against the limits. Asking wakes each of them, so it waits for a button. */
import { useState } from 'preact/hooks';
import { costOf, type DayUse, PRICES } from '../../../../wire/metering.ts';
import type { AccountUsage, ClusterUsage } from '../../../../wire/usage-rpc.ts';
import { service } from '../../api/session.ts';
import { locale } from '../../i18n/index.ts';
import { attempt, Section, type SectionContext } from '../section.tsx';
import { bytesText, dollarsText, NEARLY_FULL, sumOf } from './figures.ts';
import { t } from './messages.ts';
import './usage.css';

export function UsageSection({ person }: SectionContext) {
  const [usage, setUsage] = useState<AccountUsage>();
  const [isLoading, setLoading] = useState(false);
  const load = async (): Promise<void> => {
    setLoading(true);
    try {
      setUsage(await service.get<AccountUsage>('/islet/v1/usage'));
    } finally {
      setLoading(false);
    }
  };
  return (
    <Section
      title={t('usage')}
      text={t('usageText')}
      actions={
        <button type="button" class="button" disabled={isLoading} onClick={() => void attempt(load)}>
          {usage ? t('again') : t('show')}
        </button>
      }
    >
      <div aria-live="polite" aria-busy={isLoading}>
        {isLoading && !usage && <p class="note">{t('loading')}</p>}
        {usage && <Usage usage={usage} isVisitor={person.kind === 'visitor'} />}
      </div>
    </Section>
  );
}

function Usage({ usage, isVisitor }: { usage: AccountUsage; isVisitor: boolean }) {
  const { clusters, missing, limits, streamSeconds } = usage;
  return (
    <>
      {isVisitor && <p class="note">{t('visitorLimits')}</p>}
      <div class="use">
        <Bar name={t('clusters')} used={clusters.length + missing.length} limit={limits.clusters} text={countText} />
        <Bar
          name={t('streams')}
          used={Math.ceil(streamSeconds / 60)}
          limit={limits.streamMinutes}
          text={(count) => t('minutes', { count })}
        />
      </div>
      {clusters.map((cluster) => (
        <ClusterUse key={cluster.id} cluster={cluster} limits={limits} />
      ))}
      {missing.length > 0 && (
        <p class="bad" role="alert">
          {t('missing', { names: missing.join(', ') })}
        </p>
      )}
      <p class="note">{t('prices', { date: PRICES.asOf })}</p>
    </>
  );
}

function ClusterUse({ cluster, limits }: { cluster: ClusterUsage; limits: AccountUsage['limits'] }) {
  const { name, objects, bytesStored, days } = cluster;
  const [latest] = days;
  const today = new Date().toISOString().slice(0, 10);
  return (
    <div class="use">
      <h3>{name}</h3>
      <Bar name={t('objects')} used={objects} limit={limits.objects} text={countText} />
      <Bar name={t('stored')} used={bytesStored} limit={limits.bytes} text={(each) => bytesText(each, locale.value)} />
      <dl>
        <dt>{t('today')}</dt>
        <dd>{useText(latest?.day === today ? latest : sumOf([]))}</dd>
        <dt>{t('month')}</dt>
        <dd>{useText(sumOf(days))}</dd>
      </dl>
    </div>
  );
}

interface BarProps {
  name: string;
  used: number;
  /** 0 is none. */
  limit: number;
  text(amount: number): string;
}

function Bar({ name, used, limit, text }: BarProps) {
  const words = limit > 0 ? t('of', { used: text(used), limit: text(limit) }) : t('free', { used: text(used) });
  return (
    <div class="bar">
      <span>{name}</span>
      {limit > 0 && (
        <meter
          aria-label={name}
          min={0}
          max={limit}
          value={Math.min(used, limit)}
          low={limit * NEARLY_FULL}
          high={limit * NEARLY_FULL}
          optimum={0}
        >
          {words}
        </meter>
      )}
      <span class="amount">{words}</span>
    </div>
  );
}

function countText(count: number): string {
  return count.toLocaleString(locale.value);
}

function useText(use: Omit<DayUse, 'day'>): string {
  const rows = { read: countText(use.rowsRead), written: countText(use.rowsWritten) };
  return [
    t('requests', { count: use.requests }),
    t('rows', rows),
    t('active', { time: timeText(use.activeSeconds) }),
    ...(use.streamSeconds > 0 ? [t('streamed', { time: timeText(use.streamSeconds) })] : []),
    t('cost', { amount: dollarsText(costOf(use), locale.value) }),
  ].join(' · ');
}

function timeText(seconds: number): string {
  if (seconds < 120) return t('seconds', { count: Math.round(seconds) });
  if (seconds < 7200) return t('minutes', { count: Math.round(seconds / 60) });
  return t('hours', { count: Math.round(seconds / 3600) });
}
