/** The parts of the drawers' summaries. */
import type { ComponentChildren } from 'preact';
import { t } from './messages.ts';

export function Facts({ facts }: { facts: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {facts.map(([term, value]) => [<dt key={term}>{term}</dt>, <dd key={`${term}=`}>{value || '–'}</dd>])}
    </dl>
  );
}

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

export function Conditions({ conditions }: { conditions: readonly Condition[] | undefined }) {
  return (
    <>
      <h2>{t('conditions')}</h2>
      {!conditions?.length && <p class="empty">{t('noneYet')}</p>}
      <ul class="rows">
        {conditions?.map(({ type, status, reason, message }) => (
          <li key={type}>
            <b>{type}</b> {status}
            {(reason || message) && <div class="about">{[reason, message].filter(Boolean).join(': ')}</div>}
          </li>
        ))}
      </ul>
    </>
  );
}
