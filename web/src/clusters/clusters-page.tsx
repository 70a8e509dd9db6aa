/** `#page=clusters`: a person's clusters, those that others share with them, and those that were deleted. */
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { EXPORT_PATH } from '../../../wire/cluster-file.ts';
import type { DeletedCluster } from '../../../wire/rpc.ts';
import '../account/account.css';
import { Section } from '../account/section.tsx';
import { useLoaded } from '../account/use-loaded.ts';
import { pageLink } from '../api/route.ts';
import { type ClusterRef, person } from '../api/session.ts';
import { locale } from '../i18n/index.ts';
import { t as sharing } from '../sharing/messages.ts';
import { Icon, Logo } from '../ui/icon.tsx';
import type { MenuItem } from '../ui/menu.tsx';
import { t as shell } from '../ui/shell/messages.ts';
import { Settings } from '../ui/shell/settings.tsx';
import { ClusterRows } from './cluster-rows.tsx';
import './clusters.css';
import { CreateDialog } from './create-dialog.tsx';
import { DeletedSection } from './deleted-section.tsx';
import { DeleteDialog, LeaveDialog, RestoreDialog } from './end-dialogs.tsx';
import { ForkDialog } from './fork-dialog.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { t } from './messages.ts';
import { AcceptDialog, OfferDialog } from './move-dialogs.tsx';
import { listDeleted } from './requests.ts';

/** The action whose dialog is open. */
type Doing =
  | { what: 'create' | 'accept' }
  | { what: 'import'; file?: File }
  | { what: 'fork' | 'offer' | 'delete' | 'leave'; cluster: ClusterRef }
  | { what: 'restore'; cluster: DeletedCluster };

export default function ClustersPage({ clusters }: { clusters: readonly ClusterRef[] }) {
  const [doing, setDoing] = useState<Doing>();
  const { value: deleted = [], problem, reload } = useLoaded(listDeleted);
  useEffect(() => void reload(), [clusters]);
  const language = locale.value;
  useEffect(() => {
    document.title = `${t('clusters')} · Islet`;
  }, [language]);
  const own = clusters.filter(({ role }) => role === undefined);
  const shared = clusters.filter(({ role }) => role !== undefined);
  useLayoutEffect(() => onFileDropped((file) => setDoing({ what: 'import', file })), []);
  return (
    <div class="account clusters">
      <header class="top">
        <span class="brand">
          <Logo />
          islet
        </span>
        <span class="end">
          <a class="plain" href={pageLink('account')} title={shell('account')}>
            <Icon name="person" />
            <span class="for-readers">{shell('account')}</span>
          </a>
          <Settings />
        </span>
      </header>
      <main id="content" tabIndex={-1}>
        <h1>{t('clusters')}</h1>
        <div class="buttons">
          <button type="button" class="button is-main" onClick={() => setDoing({ what: 'create' })}>
            <Icon name="plus" /> {t('newCluster')}
          </button>
          <button type="button" class="button" onClick={() => setDoing({ what: 'import' })}>
            {t('fromFile')}
          </button>
          {person.value?.kind !== 'visitor' && (
            <button type="button" class="button" onClick={() => setDoing({ what: 'accept' })}>
              {t('takeOver')}
            </button>
          )}
        </div>
        {problem && (
          <p class="notice bad" role="alert">
            {problem}
          </p>
        )}
        <Section title={t('yours')} text={t('yoursText')}>
          {own.length === 0 && <p class="empty">{t('noneYet')}</p>}
          <ClusterRows
            clusters={own}
            all={clusters}
            about={({ without = [] }) => without.length > 0 && ` · ${t('without', { parts: without.join(', ') })}`}
            actions={(cluster) => ownActions(cluster, setDoing)}
          />
        </Section>
        {shared.length > 0 && (
          <Section title={t('shared')} text={t('sharedText')}>
            <ClusterRows
              clusters={shared}
              all={clusters}
              about={({ role }) => role && ` · ${sharing(role)}`}
              actions={(cluster) => [
                { title: t('leaveMenu'), danger: true, run: () => setDoing({ what: 'leave', cluster }) },
              ]}
            />
          </Section>
        )}
        <DeletedSection deleted={deleted} restore={(cluster) => setDoing({ what: 'restore', cluster })} />
      </main>
      {doing && <Dialogs doing={doing} clusters={clusters} onClose={() => setDoing(undefined)} />}
    </div>
  );
}

function ownActions(cluster: ClusterRef, begin: (doing: Doing) => void): MenuItem[] {
  const { id, name } = cluster;
  return [
    { title: t('forkMenu'), run: () => begin({ what: 'fork', cluster }) },
    { title: t('exportAll'), run: () => download(id, 'history', `${name}.islet.gz`) },
    { title: t('exportYaml'), run: () => download(id, 'yaml', `${name}.yaml`) },
    { title: t('offerMenu'), run: () => begin({ what: 'offer', cluster }) },
    { title: t('deleteMenu'), danger: true, run: () => begin({ what: 'delete', cluster }) },
  ];
}

/** Anywhere on the page. Answers with what ends it. */
function onFileDropped(take: (file: File) => void): () => void {
  const drop = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    // The browser would leave the page for the file.
    event.preventDefault();
    const [file] = event.type === 'drop' ? event.dataTransfer.files : [];
    if (file) take(file);
  };
  window.addEventListener('dragover', drop);
  window.addEventListener('drop', drop);
  return () => {
    window.removeEventListener('dragover', drop);
    window.removeEventListener('drop', drop);
  };
}

/** The browser keeps it as it comes. */
function download(id: string, format: string, file: string): void {
  const link = document.createElement('a');
  link.href = `/clusters/${id}${EXPORT_PATH}?format=${format}`;
  link.download = file;
  link.click();
}

interface DialogsProps {
  doing: Doing;
  clusters: readonly ClusterRef[];
  onClose(): void;
}

function Dialogs({ doing, clusters, onClose }: DialogsProps) {
  const taken = clusters.map(({ name }) => name);
  switch (doing.what) {
    case 'create':
      return <CreateDialog taken={taken} onClose={onClose} />;
    case 'accept':
      return <AcceptDialog onClose={onClose} />;
    case 'import':
      return <ImportDialog taken={taken} dropped={doing.file} onClose={onClose} />;
    case 'fork':
      return <ForkDialog cluster={doing.cluster} taken={taken} onClose={onClose} />;
    case 'offer':
      return <OfferDialog cluster={doing.cluster} onClose={onClose} />;
    case 'delete':
      return <DeleteDialog cluster={doing.cluster} onClose={onClose} />;
    case 'leave':
      return <LeaveDialog cluster={doing.cluster} onClose={onClose} />;
    case 'restore':
      return <RestoreDialog cluster={doing.cluster} taken={taken} onClose={onClose} />;
  }
}
