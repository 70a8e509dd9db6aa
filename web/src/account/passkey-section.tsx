import { useState } from 'preact/hooks';
import { clustersChanged } from '../api/session.ts';
import { Age } from '../ui/age.tsx';
import { confirm, Dialog } from '../ui/dialog.tsx';
import { notify } from '../ui/notices.tsx';
import { afterSignIn } from './again.ts';
import { thisBrowser } from './agent.ts';
import { t } from './messages.ts';
import { makePasskey, tellPasskeys, usePasskey, whyNone } from './passkey.ts';
import { listPasskeys, type Passkey, removePasskey, renamePasskey } from './requests.ts';
import { attempt, Section, type SectionContext } from './section.tsx';
import { Until } from './until.tsx';
import { useLoaded } from './use-loaded.ts';

export function PasskeySection({ person, reload: reloadPerson }: SectionContext) {
  const { value: passkeys, problem, reload } = useLoaded(listPasskeys);
  const [renaming, setRenaming] = useState<Passkey>();
  const isVisitor = person.kind === 'visitor';
  const none = whyNone();
  const add = async (): Promise<void> => {
    if (!(await afterSignIn(() => makePasskey(thisBrowser())))) return;
    notify(isVisitor ? t('kept') : t('passkeyAdded'));
    await Promise.all([reload(), reloadPerson()]);
  };
  /** The service moves a visitor's clusters to the account that the passkey is of. */
  const bringAlong = async (): Promise<void> => {
    await usePasskey();
    clustersChanged.value++;
    notify(t('broughtAlong'));
    await Promise.all([reload(), reloadPerson()]);
  };
  const remove = async ({ id, label }: Passkey): Promise<void> => {
    const question = { title: t('removePasskey', { name: label }), text: t('removePasskeyText') };
    if (!(await confirm({ ...question, action: t('remove'), danger: true }))) return;
    if (!(await afterSignIn(() => removePasskey(id)))) return;
    const left = (passkeys ?? []).map((passkey) => passkey.id).filter((other) => other !== id);
    await Promise.all([reload(), tellPasskeys(person.account, left)]);
  };
  const button = !none && (
    <button type="button" class={`button ${isVisitor ? 'is-main' : ''}`} onClick={() => void attempt(add)}>
      {isVisitor ? t('keep') : t('addPasskey')}
    </button>
  );
  return (
    <Section
      title={isVisitor ? t('visitor') : t('passkeys')}
      text={isVisitor ? t('visitorText') : t('passkeysText')}
      actions={button}
      problem={problem}
    >
      {isVisitor && !none && (
        <p>
          {t('haveAccount')}{' '}
          <button type="button" onClick={() => void attempt(bringAlong)}>
            {t('bringAlong')}
          </button>
        </p>
      )}
      {person.ends && <p>{t.parts('visitorEnds', { time: <Until key="until" end={person.ends} /> })}</p>}
      {none && <p>{none === 'browser' ? t('noPasskeys') : t('noPasskeysHere', { host: location.host })}</p>}
      {passkeys?.length === 0 && !isVisitor && <p class="empty">{t('passkeysNone')}</p>}
      {!!passkeys?.length && (
        <ul class="rows">
          {passkeys.map((passkey) => (
            <li key={passkey.id}>
              <span class="what">
                <b>{passkey.label}</b> {passkey.backedUp && <span class="tag">{t('synced')}</span>}
                <span class="about">
                  {t.parts('created', { age: <Age since={passkey.created} /> })} ·{' '}
                  {passkey.used ? t.parts('used', { age: <Age since={passkey.used} /> }) : t('neverUsed')}
                </span>
              </span>
              <button
                type="button"
                aria-label={t('renameThis', { name: passkey.label })}
                onClick={() => setRenaming(passkey)}
              >
                {t('rename')}
              </button>
              <button
                type="button"
                aria-label={t('removeThis', { name: passkey.label })}
                onClick={() => void attempt(() => remove(passkey))}
              >
                {t('remove')}
              </button>
            </li>
          ))}
        </ul>
      )}
      {renaming && <Renaming passkey={renaming} onDone={() => setRenaming(undefined)} reload={reload} />}
    </Section>
  );
}

interface RenamingProps {
  passkey: Passkey;
  onDone(): void;
  reload(): Promise<void>;
}

function Renaming({ passkey: { id, label }, onDone, reload }: RenamingProps) {
  const [name, setName] = useState(label);
  const save = async (): Promise<void> => {
    await renamePasskey(id, name);
    onDone();
    await reload();
  };
  return (
    <Dialog title={t('renameThis', { name: label })} onClose={onDone}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void attempt(save);
        }}
      >
        <label>
          {t('name')}
          <input
            type="text"
            autofocus
            required
            maxLength={60}
            value={name}
            onInput={({ currentTarget }) => setName(currentTarget.value)}
          />
        </label>
        <div class="buttons">
          <button type="button" class="button" onClick={onDone}>
            {t('cancel')}
          </button>
          <button type="submit" class="button is-main">
            {t('save')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
