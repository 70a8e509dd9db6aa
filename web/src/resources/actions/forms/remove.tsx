import { useState } from 'preact/hooks';
import { t } from '../../messages.ts';
import { ActionForm, type FormProps } from '../action-form.tsx';
import { type Propagation, remove } from '../remove.ts';

const PROPAGATIONS: readonly Propagation[] = ['Background', 'Foreground', 'Orphan'];

export function RemoveForm(props: FormProps) {
  const [propagation, setPropagation] = useState<Propagation>('Background');
  const [grace, setGrace] = useState('');
  const [now, setNow] = useState(false);
  const seconds = now ? 0 : grace.trim() === '' ? undefined : Math.max(1, Math.floor(Number(grace)) || 1);
  const arePods = props.targets.every(({ object, resource }) => object.kind === 'Pod' || resource.kind === 'Pod');
  return (
    <ActionForm {...props} danger decision={remove(props.targets, { propagation, grace: seconds })}>
      {!arePods && (
        <label class="field">
          {t('dependents')}
          <select
            value={propagation}
            onChange={({ currentTarget }) => setPropagation(currentTarget.value as Propagation)}
          >
            {PROPAGATIONS.map((each) => (
              <option key={each} value={each}>
                {t(each as 'Background')}
              </option>
            ))}
          </select>
        </label>
      )}
      {arePods && (
        <>
          <label class="field">
            {t('grace')}
            <input
              type="number"
              min={1}
              step={1}
              value={grace}
              disabled={now}
              placeholder={t('graceDefault')}
              onInput={({ currentTarget }) => setGrace(currentTarget.value)}
            />
          </label>
          <label class="check">
            <input type="checkbox" checked={now} onChange={({ currentTarget }) => setNow(currentTarget.checked)} />
            {t('now')}
          </label>
          {now && <p class="busy">{t('nowWarning')}</p>}
        </>
      )}
    </ActionForm>
  );
}
