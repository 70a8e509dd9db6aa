/** The people that a cluster is shared with, whose roles can be changed and taken. */
import { type Member, ROLES, type Role } from '../../../wire/sharing.ts';
import type { Api } from '../api/request.ts';
import { confirm } from '../ui/dialog.tsx';
import { notify } from '../ui/notices.tsx';
import { t } from './messages.ts';

const pathOf = (account: string) => `/islet/v1/members/${encodeURIComponent(account)}`;

export function MemberList({ api, members, changed }: { api: Api; members: readonly Member[]; changed(): void }) {
  const change = async (work: Promise<unknown>, done: string): Promise<void> => {
    await work.then(
      () => notify(done),
      (error: Error) => notify(error.message, { tone: 'bad' }),
    );
    changed();
  };
  const remove = async (account: string, name: string): Promise<void> => {
    const question = { title: t('removeTitle', { name }), text: t('removeText'), action: t('remove'), danger: true };
    if (await confirm(question)) await change(api.delete(pathOf(account)), t('removed', { name }));
  };
  if (members.length === 0) return <p class="empty">{t('noMembers')}</p>;
  return (
    <ul class="rows people">
      {members.map(({ account, name: given, role, joined }) => {
        const name = given || t('unnamed');
        return (
          <li key={account}>
            <div>
              <b>{name}</b>
              <p class="about">
                <span class="mono">{account}</span> · {t('since', { time: new Date(joined).toLocaleString() })}
              </p>
            </div>
            <select
              aria-label={t('roleOf', { name })}
              value={role}
              onChange={({ currentTarget }) => {
                const chosen = currentTarget.value as Role;
                void change(api.put(pathOf(account), { role: chosen }), t('roleChanged', { name, role: t(chosen) }));
              }}
            >
              {ROLES.map((each) => (
                <option key={each} value={each}>
                  {t(each)}
                </option>
              ))}
            </select>
            <button type="button" class="button is-danger" onClick={() => void remove(account, name)}>
              {t('remove')}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
