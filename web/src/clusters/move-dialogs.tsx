/** A cluster moves from one account to another: offered with a code, and taken over. */
import { useState } from 'preact/hooks';
import type { ClusterOffer } from '../../../wire/moves-rpc.ts';
import { type ClusterRef, refreshClusters } from '../api/session.ts';
import { CopyButton } from '../resources/copy-button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { notify } from '../ui/notices.tsx';
import { t as shell } from '../ui/shell/messages.ts';
import { t } from './messages.ts';
import { accept, offer } from './requests.ts';
import { WorkDialog } from './work-dialog.tsx';

export function OfferDialog({ cluster: { name }, onClose }: { cluster: ClusterRef; onClose(): void }) {
  const [made, setMade] = useState<ClusterOffer>();
  const title = t('offerTitle', { name });
  if (made) {
    return (
      <Dialog title={title} onClose={onClose}>
        <p class="text">{t('offerMade', { time: new Date(made.expires).toLocaleTimeString() })}</p>
        <p class="islet-line">
          <code>{made.code}</code>
          <CopyButton text={made.code} />
        </p>
        <div class="buttons">
          <button type="button" class="button is-main" onClick={onClose}>
            {shell('close')}
          </button>
        </div>
      </Dialog>
    );
  }
  return (
    <WorkDialog
      title={title}
      text={t('offerText')}
      action={t('makeCode')}
      going={t('makingCode')}
      line={`clusters offer ${name}`}
      onClose={onClose}
      work={async () => {
        setMade(await offer(name));
        return 'stay';
      }}
    />
  );
}

export function AcceptDialog({ onClose }: { onClose(): void }) {
  const [code, setCode] = useState('');
  return (
    <WorkDialog
      title={t('acceptTitle')}
      text={t('acceptText')}
      action={t('accept')}
      going={t('accepting')}
      line="clusters accept CODE"
      onClose={onClose}
      work={async () => {
        const { name } = await accept(code.trim());
        refreshClusters();
        notify(t('accepted', { name }));
      }}
    >
      <label>
        {t('code')}
        <textarea
          class="mono"
          rows={4}
          required
          autofocus
          spellcheck={false}
          value={code}
          onInput={({ currentTarget }) => setCode(currentTarget.value)}
        />
      </label>
    </WorkDialog>
  );
}
