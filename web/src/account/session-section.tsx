import { Age } from '../ui/age.tsx';
import { notify } from '../ui/notices.tsx';
import { namedAgent } from './agent.ts';
import { t } from './messages.ts';
import { type AccountCredential, endSession, listSessions } from './requests.ts';
import { attempt, Section } from './section.tsx';
import { useLoaded } from './use-loaded.ts';

export function SessionSection() {
  const { value: sessions, problem, reload } = useLoaded(listSessions);
  const end = async ({ id }: AccountCredential): Promise<void> => {
    await endSession(id);
    notify(t('ended'));
    await reload();
  };
  const others = sessions?.filter(({ current }) => !current) ?? [];
  const endOthers = async (): Promise<void> => {
    for (const { id } of others) await endSession(id);
    notify(t('othersEnded'));
    await reload();
  };
  return (
    <Section
      title={t('sessions')}
      text={t('sessionsText')}
      problem={problem}
      actions={
        others.length > 1 && (
          <button type="button" class="button" onClick={() => void attempt(endOthers)}>
            {t('endOthers')}
          </button>
        )
      }
    >
      <ul class="rows">
        {sessions?.map((session) => (
          <li key={session.id}>
            <span class="what">
              <b>{namedAgent(session.agent)}</b> {session.current && <span class="tag">{t('thisOne')}</span>}
              <span class="about">
                {t(`by_${session.by}`)} · {t.parts('created', { age: <Age since={session.created} /> })}
                {session.used && [' · ', ...t.parts('used', { age: <Age since={session.used} /> })]}
              </span>
            </span>
            {!session.current && (
              <button
                type="button"
                aria-label={t('endThis', { name: namedAgent(session.agent) })}
                onClick={() => void attempt(() => end(session))}
              >
                {t('end')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
