/** Sharing a cluster: its links, and the people who came by them. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Member } from '../../../wire/sharing.ts';
import { Api, ApiError } from '../api/request.ts';
import type { PageProps } from '../ui/pages.ts';
import { LinkForm, LinkList, type ListedLink } from './links.tsx';
import { MemberList } from './members.tsx';
import { t } from './messages.ts';
import './sharing.css';

/** A teacher sees a step soon after it was done. */
const BOARD_MS = 5_000;

interface Shared {
  links: readonly ListedLink[];
  members: readonly Member[];
}

export default function SharingPage({ cluster }: PageProps) {
  const api = useMemo(() => new Api(cluster.base), [cluster]);
  const [shared, setShared] = useState<Shared>();
  const [problem, setProblem] = useState<string>();
  const load = async (): Promise<void> => {
    try {
      const [links, members] = await Promise.all([
        api.get<{ items: ListedLink[] }>('/islet/v1/links'),
        api.get<{ items: Member[] }>('/islet/v1/members'),
      ]);
      setShared({ links: links.items, members: members.items });
      setProblem(undefined);
    } catch (error) {
      const isRefused = error instanceof ApiError && error.code === 403;
      setProblem(isRefused ? t('notYours') : (error as Error).message);
    }
  };
  useEffect(() => {
    void load();
    // Who opens a link meanwhile is seen when the page is looked at again.
    const again = (): void => void load();
    window.addEventListener('focus', again);
    return () => window.removeEventListener('focus', again);
  }, [api]);
  const hasClass = shared?.links.some(({ role }) => role === 'copy') ?? false;
  useEffect(() => {
    if (!hasClass) return;
    // While somebody looks at the board.
    const timer = window.setInterval(() => document.hidden || void load(), BOARD_MS);
    return () => window.clearInterval(timer);
  }, [hasClass, api]);
  if (problem !== undefined) {
    return (
      <p class="notice page-notice" role="alert">
        {problem}
      </p>
    );
  }
  if (!shared) return null;
  return (
    <div class="sharing">
      <section class="card" aria-label={t('newLink')}>
        <h2>{t('newLink')}</h2>
        <p class="about">{t('intro')}</p>
        <LinkForm api={api} made={() => void load()} />
      </section>
      <div class="column">
        <section class="card" aria-label={t('members')}>
          <h2>{t('members')}</h2>
          <MemberList api={api} members={shared.members} changed={() => void load()} />
        </section>
        <section class="card" aria-label={t('links')}>
          <h2>{t('links')}</h2>
          <LinkList api={api} links={shared.links} changed={() => void load()} />
        </section>
      </div>
    </div>
  );
}
