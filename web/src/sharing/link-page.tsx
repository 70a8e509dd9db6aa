/** The page that a link to a cluster leads to: it says what is offered before anything is accepted. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LinkOffer } from '../../../wire/sharing.ts';
import { amend, route } from '../api/route.ts';
import { service } from '../api/session.ts';
import { notify } from '../ui/notices.tsx';
import { t } from './messages.ts';
import './sharing.css';

interface LinkPageProps {
  token: string;
  /** Whether somebody is signed in here. */
  signedIn: boolean;
  signIn(): void;
  /** The cluster is the account's to see from now on. */
  accepted(): void;
}

export default function LinkPage({ token, signedIn, signIn, accepted }: LinkPageProps) {
  const [offer, setOffer] = useState<LinkOffer>();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [name, setName] = useState('');
  /** A visit has begun here, though the link was not accepted. */
  const visits = useRef(false);
  useEffect(() => {
    service
      .post<LinkOffer>('/islet/v1/links/offer', { token })
      .then(setOffer, (error: Error) => setProblem(error.message));
  }, [token]);
  const open = async (): Promise<void> => {
    setBusy(true);
    try {
      if (!signedIn && !visits.current) await service.post('/islet/v1/session/visitor', {});
      visits.current = true;
      if (name.trim() !== '') await service.patch('/islet/v1/profile', 'merge', { name });
      // By its id: an own one may have the name.
      const { id: cluster } = await service.post<{ id: string }>('/islet/v1/links/accept', { token });
      // The token leaves the address, so that it is in no bookmark and no screenshot.
      amend({ cluster, params: {} });
      accepted();
    } catch (error) {
      notify((error as Error).message, { tone: 'bad' });
      setBusy(false);
    }
  };
  return (
    <main class="link-offer">
      <div class="notice page-notice">
        <h1>{t(offer?.role === 'copy' ? 'copyTitle' : 'offerTitle')}</h1>
        {problem !== undefined && <p role="alert">{problem}</p>}
        {offer && (
          <>
            <p>{t.parts('offer', { by: <b>{offer.by || t('owner')}</b>, cluster: <b>{offer.cluster}</b> })}</p>
            <p class="quiet">{t(`${offer.role}Offer`)}</p>
            {!signedIn && <p class="quiet">{t('signInFirst')}</p>}
            {!signedIn && (
              <label class="your-name">
                {t('yourName')}
                <input
                  type="text"
                  maxLength={60}
                  autocomplete="name"
                  value={name}
                  onInput={({ currentTarget }) => setName(currentTarget.value)}
                />
              </label>
            )}
          </>
        )}
        <div class="buttons">
          <button
            type="button"
            class="button"
            onClick={offer && !signedIn ? signIn : () => amend({ ...route.value, params: {} })}
          >
            {offer && !signedIn ? t('signIn') : t('leaveIt')}
          </button>
          {offer && (
            <button type="button" class="button is-main" disabled={busy} onClick={() => void open()}>
              {busy ? t('opening') : !signedIn ? t('asVisitor') : t(offer.role === 'copy' ? 'openCopy' : 'accept')}
            </button>
          )}
        </div>
      </div>
    </main>
  );
}
