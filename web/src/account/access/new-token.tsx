/** The dialog that makes a token, and then shows it: this once. */
import { useState } from 'preact/hooks';
import type { ClusterRef } from '../../api/session.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { notify } from '../../ui/notices.tsx';
import { attempt } from '../section.tsx';
import { t } from './messages.ts';
import { createToken } from './requests.ts';
import { lengthText } from './time.ts';

const DAY = 86_400;
const LENGTHS = [1, 7, 30, 90, 365].map((days) => days * DAY);
const USUAL = 90 * DAY;

interface NewTokenProps {
  clusters: readonly ClusterRef[];
  onClose(): void;
}

export function NewToken({ clusters, onClose }: NewTokenProps) {
  const [label, setLabel] = useState('');
  const [cluster, setCluster] = useState('');
  const [readOnly, setReadOnly] = useState(false);
  const [ttlSeconds, setSeconds] = useState(USUAL);
  const [token, setToken] = useState<string>();
  if (token !== undefined) return <Made token={token} onClose={onClose} />;
  const create = async (): Promise<void> => {
    const spec = { label: label.trim() || undefined, cluster: cluster || undefined, readOnly, ttlSeconds };
    setToken(await createToken(spec));
  };
  return (
    <Dialog title={t('newToken')} onClose={onClose}>
      <form
        class="fields"
        onSubmit={(event) => {
          event.preventDefault();
          void attempt(create);
        }}
      >
        <label>
          {t('label')}
          <input
            type="text"
            maxLength={100}
            autofocus
            autocomplete="off"
            value={label}
            onInput={({ currentTarget }) => setLabel(currentTarget.value)}
          />
        </label>
        <label>
          {t('opens')}
          <select value={cluster} onChange={({ currentTarget }) => setCluster(currentTarget.value)}>
            <option value="">{t('allClusters')}</option>
            {clusters.map(({ id, name }) => (
              <option key={id} value={name}>
                {t('oneCluster', { name })}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('lasts')}
          <select value={ttlSeconds} onChange={({ currentTarget }) => setSeconds(Number(currentTarget.value))}>
            {LENGTHS.map((seconds) => (
              <option key={seconds} value={seconds}>
                {lengthText(seconds)}
              </option>
            ))}
          </select>
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={readOnly}
            onChange={({ currentTarget }) => setReadOnly(currentTarget.checked)}
          />
          {t('onlyLooks')}
        </label>
        <p class="note">{t('shortNote')}</p>
        <div class="buttons">
          <button type="button" class="button" onClick={onClose}>
            {t('cancel')}
          </button>
          <button type="submit" class="button is-main">
            {t('create')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Made({ token, onClose }: { token: string; onClose(): void }) {
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(token);
    notify(t('copied'));
  };
  // The command line of a service on this machine has a token of its own.
  const isDeployed = location.protocol === 'https:';
  const command = <code>npx islet login --server {location.origin}</code>;
  return (
    <Dialog title={t('yourToken')} onClose={onClose} class="wide">
      <p class="text">{t('yourTokenText')}</p>
      <p class="token mono">{token}</p>
      {isDeployed && <p class="note">{t.parts('useIt', { variable: <code>ISLET_SECRET</code>, command })}</p>}
      <div class="buttons">
        <button type="button" class="button" onClick={() => void attempt(copy)}>
          {t('copy')}
        </button>
        <button type="button" class="button is-main" onClick={onClose}>
          {t('done')}
        </button>
      </div>
    </Dialog>
  );
}
