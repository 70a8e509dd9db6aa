import { methods } from '../../api/session.ts';
import { Age } from '../../ui/age.tsx';
import { confirm } from '../../ui/dialog.tsx';
import { afterSignIn } from '../again.ts';
import { t as accountText } from '../messages.ts';
import { attempt, Section, type SectionContext } from '../section.tsx';
import { useLoaded } from '../use-loaded.ts';
import { t } from './messages.ts';
import { checkLink, type LinkedIdentity, listIdentities, providerLink, removeIdentity } from './requests.ts';

async function load() {
  const [identities, { providers }] = await Promise.all([listIdentities(), methods()]);
  return { identities, providers };
}

export function IdentitySection({ person }: SectionContext) {
  const { value, problem, reload } = useLoaded(load);
  // Nothing is shown where the service has no providers.
  if (!problem && !value?.providers.length && !value?.identities.length) return null;
  const isVisitor = person.kind === 'visitor';
  const labels = new Map(value?.providers.map(({ name, label }) => [name, label]));
  const remove = async ({ id, label }: LinkedIdentity): Promise<void> => {
    const question = { title: t('removeAsk', { name: label }), text: t('removeText'), action: t('remove') };
    if (!(await confirm({ ...question, danger: true }))) return;
    if (await afterSignIn(() => removeIdentity(id))) await reload();
  };
  const link = async (name: string): Promise<void> => {
    const address = providerLink(name, 'link');
    if (await afterSignIn(() => checkLink(address))) location.assign(address);
  };
  const links = value?.providers.map(({ name, label }) => (
    <button key={name} type="button" class="button" onClick={() => void attempt(() => link(name))}>
      {isVisitor ? t('keepWith', { name: label }) : t('link', { name: label })}
    </button>
  ));
  return (
    <Section
      title={t('identities')}
      text={t('identitiesText')}
      problem={problem}
      actions={<span class="choices">{links}</span>}
    >
      {value?.identities.length === 0 && <p class="empty">{t('identitiesNone')}</p>}
      {!!value?.identities.length && (
        <ul class="rows">
          {value.identities.map((identity) => (
            <li key={identity.id}>
              <span class="what">
                <b>{identity.label}</b> <span class="tag">{labels.get(identity.provider) ?? identity.provider}</span>
                <span class="about">
                  {!labels.has(identity.provider) && `${t('gone')} · `}
                  {accountText.parts('created', { age: <Age since={identity.created} /> })}
                  {identity.used && [' · ', ...accountText.parts('used', { age: <Age since={identity.used} /> })]}
                </span>
              </span>
              <button
                type="button"
                aria-label={t('removeThis', { name: identity.label })}
                onClick={() => void attempt(() => remove(identity))}
              >
                {t('remove')}
              </button>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
