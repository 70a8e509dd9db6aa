import { useState } from 'preact/hooks';
import { Age } from '../ui/age.tsx';
import { notify } from '../ui/notices.tsx';
import { t } from './messages.ts';
import { rename } from './requests.ts';
import { attempt, Section, type SectionContext } from './section.tsx';

export function ProfileSection({ person, reload }: SectionContext) {
  const [name, setName] = useState(person.name);
  const save = async (): Promise<void> => {
    await rename(name);
    await reload();
    notify(t('saved'));
  };
  return (
    <Section title={t('profile')}>
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault();
          void attempt(save);
        }}
      >
        <label>
          {t('name')}
          <input
            type="text"
            maxLength={60}
            autocomplete="name"
            aria-describedby="name-text"
            value={name}
            onInput={({ currentTarget }) => setName(currentTarget.value)}
          />
        </label>
        <button type="submit" class="button" disabled={name.trim() === person.name}>
          {t('save')}
        </button>
      </form>
      <p class="note" id="name-text">
        {t('nameText')}
      </p>
      <dl class="facts">
        <dt>{t('accountId')}</dt>
        <dd class="mono">{person.account}</dd>
        {person.kind !== 'bootstrap' && (
          <>
            <dt>{t('since')}</dt>
            <dd>{t.parts('ago', { age: <Age since={person.created} /> })}</dd>
          </>
        )}
      </dl>
    </Section>
  );
}
