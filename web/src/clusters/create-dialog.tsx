/** A new cluster: empty, or with what a lesson begins with. */
import { useEffect, useState } from 'preact/hooks';
import { follow } from '../api/route.ts';
import { refreshClusters } from '../api/session.ts';
import { locale } from '../i18n/index.ts';
import { begin } from '../lessons/begin.ts';
import type { LessonSummary } from '../lessons/lesson.ts';
import { loadIndex, loadLesson } from '../lessons/load.ts';
import { homeOf } from './links.ts';
import { t } from './messages.ts';
import { freeName } from './names.ts';
import { create } from './requests.ts';
import { NameField, WorkDialog } from './work-dialog.tsx';

const MOST_NODES = 1000;

export function CreateDialog({ taken, onClose }: { taken: readonly string[]; onClose(): void }) {
  const [name, setName] = useState(() => freeName(taken.length === 0 ? 'default' : 'playground', taken));
  const [nodes, setNodes] = useState(3);
  const [template, setTemplate] = useState('');
  const [lessons, setLessons] = useState<readonly LessonSummary[]>([]);
  useEffect(() => {
    // Without them there is the empty cluster.
    loadIndex().then(setLessons, () => {});
  }, []);
  const choose = async (chosen: string): Promise<void> => {
    setTemplate(chosen);
    const lesson = chosen === '' ? undefined : await loadLesson(chosen).catch(() => undefined);
    if (lesson) setNodes(lesson.nodes);
  };
  const work = async (): Promise<void> => {
    const lesson = template === '' ? undefined : await loadLesson(template);
    if (lesson) await begin(lesson, name, nodes);
    else await create(name, nodes);
    refreshClusters();
    follow(homeOf(name));
  };
  return (
    <WorkDialog
      title={t('newCluster')}
      action={t('create')}
      going={t('creating')}
      line={template === '' ? `clusters create ${name || 'NAME'}${nodes === 3 ? '' : ` --nodes ${nodes}`}` : undefined}
      onClose={onClose}
      work={work}
    >
      <NameField label={t('name')} value={name} onInput={setName} />
      <label>
        {t('simulatedNodes')}
        <input
          type="number"
          min={0}
          max={MOST_NODES}
          value={nodes}
          onInput={({ currentTarget }) => setNodes(currentTarget.valueAsNumber || 0)}
        />
      </label>
      <p class="about">{t('simulatedNodesText')}</p>
      <label>
        {t('template')}
        <select value={template} onChange={({ currentTarget }) => void choose(currentTarget.value)}>
          <option value="">{t('empty')}</option>
          {lessons.map((lesson) => (
            <option key={lesson.name} value={lesson.name}>
              {t('lessonNamed', { title: lesson.title[locale.value] })}
            </option>
          ))}
        </select>
      </label>
    </WorkDialog>
  );
}
