import { useState } from 'preact/hooks';
import { listClusters } from '../../api/session.ts';
import { Age } from '../../ui/age.tsx';
import { confirm } from '../../ui/dialog.tsx';
import { notify } from '../../ui/notices.tsx';
import { t as accountText } from '../messages.ts';
import { attempt, Section } from '../section.tsx';
import { useLoaded } from '../use-loaded.ts';
import { t } from './messages.ts';
import { NewToken } from './new-token.tsx';
import { type AccountCredential, endToken, listTokens } from './requests.ts';
import { dateText } from './time.ts';

async function load() {
  const [tokens, clusters] = await Promise.all([listTokens(), listClusters()]);
  return { tokens, clusters };
}

export function TokenSection() {
  const { value, problem, reload } = useLoaded(load);
  const [making, setMaking] = useState(false);
  const names = new Map(value?.clusters.map(({ id, name }) => [id, name]));
  const end = async (token: AccountCredential): Promise<void> => {
    const question = { title: t('endAsk', { name: nameOf(token) }), text: t('endText'), action: t('endToken') };
    if (!(await confirm({ ...question, danger: true }))) return;
    await endToken(token.id);
    notify(t('ended'));
    await reload();
  };
  return (
    <Section
      title={t('tokens')}
      text={t('tokensText')}
      problem={problem}
      actions={
        <button type="button" class="button" onClick={() => setMaking(true)}>
          {t('newToken')}
        </button>
      }
    >
      {value?.tokens.length === 0 && <p class="empty">{t('tokensNone')}</p>}
      {!!value?.tokens.length && (
        <ul class="rows">
          {value.tokens.map((token) => (
            <li key={token.id}>
              <Token token={token} names={names} />
              <button
                type="button"
                aria-label={t('endThis', { name: nameOf(token) })}
                onClick={() => void attempt(() => end(token))}
              >
                {t('endToken')}
              </button>
            </li>
          ))}
        </ul>
      )}
      {making && (
        <NewToken
          clusters={value?.clusters ?? []}
          onClose={() => {
            setMaking(false);
            void reload();
          }}
        />
      )}
    </Section>
  );
}

function nameOf({ label }: AccountCredential): string {
  return label || t('unnamed');
}

function Token({ token, names }: { token: AccountCredential; names: ReadonlyMap<string, string> }) {
  const { scope, by, created, used, expires, issuer } = token;
  const cluster = scope?.cluster;
  return (
    <span class="what">
      <b>{nameOf(token)}</b>{' '}
      <span class="tag">
        {cluster === undefined ? t('wholeAccount') : t('oneCluster', { name: names.get(cluster) ?? cluster })}
      </span>
      {scope?.readOnly && <span class="tag">{t('readOnly')}</span>}
      <span class="about">
        {accountText(`by_${by}`)} · {accountText.parts('created', { age: <Age since={created} /> })} ·{' '}
        {used ? accountText.parts('used', { age: <Age since={used} /> }) : accountText('neverUsed')} ·{' '}
        {t('expires', { date: dateText(expires) })}
        {issuer !== undefined && ` · ${t('endsWith')}`}
      </span>
    </span>
  );
}
