/** The lessons that there are. Each begins in a cluster of its own. */
import { useEffect, useState } from 'preact/hooks';
import { follow, pageLink } from '../api/route.ts';
import { type ClusterRef, listClusters, refreshClusters } from '../api/session.ts';
import { locale } from '../i18n/index.ts';
import { notify } from '../ui/notices.tsx';
import type { LessonSummary } from './lesson.ts';
import './lessons.css';
import { begin, clusterOf } from './begin.ts';
import { loadIndex, loadLesson } from './load.ts';
import { t } from './messages.ts';

export default function LessonsPage() {
  const [lessons, setLessons] = useState<readonly LessonSummary[]>();
  const [clusters, setClusters] = useState<readonly ClusterRef[]>([]);
  const [starting, setStarting] = useState<string>();
  useEffect(() => {
    const failed = (error: Error) => void notify(error.message, { tone: 'bad' });
    loadIndex().then(setLessons, failed);
    listClusters().then(setClusters, failed);
  }, []);
  const start = async (name: string): Promise<void> => {
    setStarting(name);
    try {
      const lesson = await loadLesson(name);
      if (!lesson) throw new Error(t('missing', { name }));
      await begin(lesson);
      refreshClusters();
      follow(linkOf(name));
    } catch (error) {
      notify((error as Error).message, { tone: 'bad' });
      setStarting(undefined);
    }
  };
  return (
    <div class="lessons">
      <p class="about">{t('intro')}</p>
      <ul>
        {lessons?.map(({ name, title, about, minutes, steps }) => (
          <li key={name} class="card">
            <h2>{title[locale.value]}</h2>
            <p>{about[locale.value]}</p>
            <p class="about">
              {t('steps', { count: steps })} · {t('minutes', { count: minutes })}
            </p>
            {clusters.some((cluster) => cluster.name === clusterOf(name)) ? (
              <a class="button" href={linkOf(name)}>
                {t('goOn')}
              </a>
            ) : (
              <button
                type="button"
                class="button is-main"
                disabled={starting !== undefined}
                onClick={() => void start(name)}
              >
                {t(starting === name ? 'starting' : 'start')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function linkOf(name: string): string {
  return pageLink(undefined, { cluster: clusterOf(name), namespace: undefined, at: undefined });
}
