/** The page that a badge leads to: a manifest of another site is shown in a new cluster, to be applied there. */
import { useEffect, useState } from 'preact/hooks';
import { amend, type Route, route } from '../api/route.ts';
import { type ClusterRef, listClusters, service } from '../api/session.ts';
import { drafts } from '../editor/create/drafts.ts';
import { locale } from '../i18n/index.ts';
import { begin, clusterOf } from '../lessons/begin.ts';
import type { Lesson } from '../lessons/lesson.ts';
import { loadLesson } from '../lessons/load.ts';
import { notify } from '../ui/notices.tsx';
import '../sharing/sharing.css';
import { t } from './messages.ts';
import { clusterName } from './name.ts';

interface OpeningPageProps {
  /** The address of the manifest; or else the name of a lesson. */
  manifest?: string;
  template?: string;
  /** Whether somebody is signed in here. */
  signedIn: boolean;
  /** The account has another cluster. */
  opened(): void;
}

export default function OpeningPage({ manifest, template, signedIn, opened }: OpeningPageProps) {
  const [busy, setBusy] = useState(false);
  const [lesson, setLesson] = useState<Lesson>();
  useEffect(() => {
    if (template !== undefined) void loadLesson(template).then(setLesson, () => undefined);
  }, [template]);
  const open = async (): Promise<void> => {
    setBusy(true);
    try {
      if (!signedIn) await service.post('/islet/v1/session/visitor', {});
      const cluster = manifest === undefined ? await openTemplate(template ?? '') : await openManifest(manifest);
      amend({ namespace: undefined, params: {}, ...cluster });
      opened();
    } catch (error) {
      notify((error as Error).message, { tone: 'bad' });
      setBusy(false);
    }
  };
  return (
    <main class="link-offer">
      <div class="notice page-notice">
        <h1>{t('title')}</h1>
        <p>{t(manifest === undefined ? 'asksTemplate' : 'asks')}</p>
        {lesson ? <p>{lesson.title[locale.value]}</p> : <p class="mono">{manifest ?? template}</p>}
        {manifest !== undefined && <p class="quiet">{t('nothingYet')}</p>}
        <div class="buttons">
          <button type="button" class="button" onClick={() => amend({ ...route.value, params: {} })}>
            {t('notNow')}
          </button>
          <button type="button" class="button is-main" disabled={busy} onClick={() => void open()}>
            {t(busy ? 'opening' : manifest === undefined ? 'begin' : 'open')}
          </button>
        </div>
      </div>
    </main>
  );
}

/** The route to the new cluster's page where the manifest stands, to be checked and applied. */
async function openManifest(manifest: string): Promise<Partial<Route>> {
  const { text } = await service.get<{ text: string }>('/islet/v1/manifest', { query: { url: manifest } });
  const taken = (await listClusters()).map(({ name }) => name);
  const cluster = clusterName(manifest, taken);
  const { id } = await service.post<ClusterRef>('/islet/v1/clusters', { name: cluster });
  drafts.set(id, text);
  return { cluster, page: 'create' };
}

/** The route to the lesson's cluster, which may be there already. */
async function openTemplate(name: string): Promise<Partial<Route>> {
  const lesson = await loadLesson(name);
  if (!lesson) throw new Error(t('noTemplate', { name }));
  const cluster = clusterOf(name);
  if (!(await listClusters()).some((each) => each.name === cluster)) await begin(lesson);
  return { cluster, page: undefined };
}
