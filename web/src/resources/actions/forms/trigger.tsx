import { useState } from 'preact/hooks';
import { t } from '../../messages.ts';
import { ActionForm, type FormProps } from '../action-form.tsx';
import { manualName, trigger } from '../cron-job.ts';
import type { Target } from '../plan.ts';

const LETTERS = 5;

export function TriggerForm(props: FormProps) {
  const target = props.targets[0] as Target;
  const [name, setName] = useState(() =>
    manualName(
      target.object.metadata.name ?? '',
      Math.random()
        .toString(36)
        .slice(2, 2 + LETTERS),
    ),
  );
  return (
    <ActionForm {...props} decision={trigger(target, name.trim())}>
      <p>{t('aboutTrigger')}</p>
      <label class="field">
        {t('jobName')}
        <input
          type="text"
          value={name}
          spellcheck={false}
          required
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
      </label>
    </ActionForm>
  );
}
