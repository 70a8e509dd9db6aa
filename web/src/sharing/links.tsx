/** The links of a cluster: made, copied once, and revoked. */
import { useState } from 'preact/hooks';
import { type LinkKind, type LinkUse, ROLES, type ShareLink } from '../../../wire/sharing.ts';
import type { Api } from '../api/request.ts';
import { confirm } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { notify } from '../ui/notices.tsx';
import { ClassBoard } from './class-board.tsx';
import { t } from './messages.ts';

export type ListedLink = ShareLink & { usedBy: LinkUse[] };

const LINKS = '/islet/v1/links';
const DAY = 24 * 3600;
const DAYS = [1, 7, 30, 365];
const PEOPLE = [1, 5, 30, 100];

function kindText(kind: LinkKind): string {
  return kind === 'copy' ? t('copyKind') : t(kind);
}

export function LinkForm({ api, made }: { api: Api; made(): void }) {
  const [role, setRole] = useState<LinkKind>('view');
  const [days, setDays] = useState(7);
  const [people, setPeople] = useState(0);
  const [label, setLabel] = useState('');
  const [address, setAddress] = useState<string>();
  const make = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = { role, ttlSeconds: days * DAY, label, ...(people > 0 ? { maxUses: people } : {}) };
    await api.post<{ token: string }>(LINKS, body).then(
      ({ token }) => {
        setAddress(`${location.origin}/#link=${token}`);
        made();
      },
      (error: Error) => notify(error.message, { tone: 'bad' }),
    );
  };
  if (address !== undefined) return <MadeLink address={address} again={() => setAddress(undefined)} />;
  return (
    <form class="fields" onSubmit={(event) => void make(event)}>
      <fieldset class="roles">
        <legend>{t('role')}</legend>
        {[...ROLES, 'copy' as const].map((each) => (
          <label key={each}>
            <input type="radio" name="role" checked={role === each} onChange={() => setRole(each)} />
            <span>
              <b>{kindText(each)}</b> <span class="quiet">{t(`${each}Means`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <label>
        {t('expiresAfter')}
        <select value={days} onChange={({ currentTarget }) => setDays(Number(currentTarget.value))}>
          {DAYS.map((count) => (
            <option key={count} value={count}>
              {t('days', { count })}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('people')}
        <select value={people} onChange={({ currentTarget }) => setPeople(Number(currentTarget.value))}>
          <option value={0}>{t('anyNumber')}</option>
          {PEOPLE.map((count) => (
            <option key={count} value={count}>
              {count}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('label')}
        <input
          type="text"
          maxLength={100}
          value={label}
          placeholder={t('labelHint')}
          onInput={({ currentTarget }) => setLabel(currentTarget.value)}
        />
      </label>
      <button type="submit" class="button is-main">
        {t('makeLink')}
      </button>
    </form>
  );
}

function MadeLink({ address, again }: { address: string; again(): void }) {
  const copy = (): void =>
    void navigator.clipboard.writeText(address).then(
      () => notify(t('copied')),
      (error: Error) => notify(error.message, { tone: 'bad' }),
    );
  return (
    <div class="made-link">
      <p>{t('linkMade')}</p>
      <div class="address">
        <input
          type="text"
          class="mono"
          readOnly
          aria-label={t('linkMade')}
          value={address}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
        <button type="button" class="button is-main" onClick={copy}>
          <Icon name="copy" /> {t('copy')}
        </button>
      </div>
      <button type="button" class="button" onClick={again}>
        {t('newLink')}
      </button>
    </div>
  );
}

export function LinkList({ api, links, changed }: { api: Api; links: readonly ListedLink[]; changed(): void }) {
  const revoke = async (id: string): Promise<void> => {
    if (!(await confirm({ title: t('revokeTitle'), text: t('revokeText'), action: t('revoke'), danger: true }))) return;
    await api.delete(`${LINKS}/${encodeURIComponent(id)}`).then(
      () => notify(t('revoked')),
      (error: Error) => notify(error.message, { tone: 'bad' }),
    );
    changed();
  };
  if (links.length === 0) return <p class="empty">{t('noLinks')}</p>;
  return (
    <ul class="rows people">
      {links.map(({ id, role, label, by, expires, uses, maxUses, usedBy }) => (
        <li key={id}>
          <div>
            <b>{label || kindText(role)}</b> <span class="quiet">{label && kindText(role)}</span>
            <p class="about">
              {uses === 0 ? t('unused') : t('used', { count: uses })}
              {maxUses !== undefined && ` (${t('of', { uses, most: maxUses })})`} ·{' '}
              {t('until', { time: new Date(expires).toLocaleString() })} · {t('madeBy', { name: by || t('owner') })}
            </p>
            {usedBy.length > 0 &&
              (role === 'copy' ? (
                <ClassBoard students={usedBy} />
              ) : (
                <p class="about">{usedBy.map(({ name }) => name || t('unnamed')).join(', ')}</p>
              ))}
          </div>
          <button type="button" class="button is-danger" onClick={() => void revoke(id)}>
            {t('revoke')}
          </button>
        </li>
      ))}
    </ul>
  );
}
