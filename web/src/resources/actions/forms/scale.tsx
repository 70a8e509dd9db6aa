import { useState } from 'preact/hooks';
import { t } from '../../messages.ts';
import { ActionForm, type FormProps } from '../action-form.tsx';
import { scale } from '../scale.ts';

export function ScaleForm(props: FormProps) {
  const { spec } = (props.targets[0]?.object ?? {}) as { spec?: { replicas?: number } };
  const [text, setText] = useState(String(spec?.replicas ?? 1));
  const decision = scale(props.targets, text.trim() === '' ? Number.NaN : Number(text));
  const step = (by: number) => setText(String(Math.max(0, (Number(text) || 0) + by)));
  return (
    <ActionForm {...props} decision={decision}>
      <label class="field">
        {t('replicas')}
        <span class="stepper">
          <button type="button" class="button" aria-label="−1" onClick={() => step(-1)}>
            −
          </button>
          <input
            type="number"
            min={0}
            step={1}
            value={text}
            autofocus
            onFocus={({ currentTarget }) => currentTarget.select()}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
          <button type="button" class="button" aria-label="+1" onClick={() => step(1)}>
            +
          </button>
        </span>
      </label>
    </ActionForm>
  );
}
