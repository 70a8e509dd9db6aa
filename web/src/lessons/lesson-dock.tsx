/** The lesson beside the pages of its cluster: steps with their texts, ticked off by the cluster's state. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Cluster } from '../api/cluster.ts';
import { kept } from '../api/kept.ts';
import { pageLink } from '../api/route.ts';
import { locale } from '../i18n/index.ts';
import { Icon } from '../ui/icon.tsx';
import { type FollowedLesson, followLesson } from './follow.ts';
import type { Lesson, Step } from './lesson.ts';
import { Code, LessonText } from './lesson-text.tsx';
import './lessons.css';
import { t } from './messages.ts';

/** Whether the lesson is folded away. */
const folded = kept<boolean>(
  'lesson-folded',
  (text) => text === 'yes',
  (value) => (value ? 'yes' : 'no'),
);

export default function LessonDock({ cluster }: { cluster: Cluster }) {
  const [followed, setFollowed] = useState<FollowedLesson>();
  useEffect(() => {
    const made = followLesson(cluster);
    setFollowed(made);
    return () => made.stop();
  }, [cluster]);
  const progress = followed?.progress.value;
  const lesson = followed?.lesson.value;
  if (!followed || !progress || lesson === undefined) return null;
  if (folded.value) {
    return (
      <button type="button" class="button lesson-open" onClick={() => (folded.value = false)}>
        <Icon name="lesson" /> {t('open')}
      </button>
    );
  }
  return (
    <aside class="lesson" aria-label={t('lesson')}>
      <header>
        <h2>{lesson?.title[locale.value] ?? progress.lesson}</h2>
        <button type="button" class="plain" aria-label={t('collapse')} onClick={() => (folded.value = true)}>
          <Icon name="close" />
        </button>
      </header>
      {lesson === null ? (
        <p>{t('missing', { name: progress.lesson })}</p>
      ) : (
        <Steps lesson={lesson} done={progress.done} read={followed.read} />
      )}
    </aside>
  );
}

function Steps({ lesson, done, read }: { lesson: Lesson; done: number; read(): void }) {
  const { steps, intro } = lesson;
  const isOver = done >= steps.length;
  return (
    <>
      <progress max={steps.length} value={Math.min(done, steps.length)} aria-label={t('lesson')} />
      <p class="for-readers" role="status">
        {isOver ? t('finished') : t('step', { number: done + 1, count: steps.length })}
      </p>
      {done === 0 && <LessonText blocks={intro[locale.value]} />}
      <ol>
        {steps.map((step, index) => (
          <StepView
            key={index}
            step={step}
            state={index < done ? 'done' : index === done ? 'current' : 'later'}
            read={read}
          />
        ))}
      </ol>
      {isOver && (
        <p>
          {t('finished')} <a href={pageLink('lessons')}>{t('others')}</a>
        </p>
      )}
    </>
  );
}

function StepView({ step, state, read }: { step: Step; state: 'done' | 'current' | 'later'; read(): void }) {
  const [open, setOpen] = useState(state === 'current');
  const [shown, setShown] = useState(false);
  const element = useRef<HTMLLIElement>(null);
  const before = useRef(state);
  useEffect(() => {
    // The step that is next opens as the one before it is ticked off, which stays open: its text says what came of it.
    if (before.current !== state && state === 'current') setOpen(true);
    if (before.current === 'later' && state === 'current') element.current?.scrollIntoView({ block: 'nearest' });
    before.current = state;
  }, [state]);
  const { title, text, done, solution } = step;
  return (
    <li ref={element} class={`step is-${state}`}>
      <h3>
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          <span class="tick" role="img" aria-label={t(state === 'done' ? 'done' : 'toDo')}>
            {state === 'done' && <Icon name="check" />}
          </span>
          {title[locale.value]}
        </button>
      </h3>
      {open && (
        <div class="text">
          <LessonText blocks={text[locale.value]} />
          {state === 'current' && done.length === 0 && (
            <button type="button" class="button is-main" onClick={read}>
              {t('next')}
            </button>
          )}
          {state === 'current' && solution.length > 0 && (
            <button type="button" aria-expanded={shown} onClick={() => setShown(!shown)}>
              {t(shown ? 'hide' : 'show')}
            </button>
          )}
          {shown &&
            solution.map(({ line, stdin }) => (
              <Code key={line} text={stdin ? `${line} <<'EOF'\n${stdin}EOF` : line} isShell />
            ))}
        </div>
      )}
    </li>
  );
}
