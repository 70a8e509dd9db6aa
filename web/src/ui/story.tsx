/** The way of an apply, drawn step by step with its times (`wire/trace.ts`). */
import { formatOffset, type TraceStep, type TraceStory } from '../../../wire/trace.ts';
import type { Cluster } from '../api/cluster.ts';
import { useAnswer } from '../api/use-answer.ts';
import { whatWords } from '../apply/what-words.ts';
import { becauseOf, gather, shorten } from '../kinds/story.ts';
import { t } from './messages.ts';

interface StorySubject {
  /** `deployments.apps` */
  resource: string;
  namespace: string;
  name: string;
}

interface Props {
  cluster: Cluster;
  subject: StorySubject;
  /** Steps shown; all of them when left out. */
  most?: number;
  /** The link to the whole story. */
  whole?: string;
}

export function Story({ cluster, subject, most = Number.POSITIVE_INFINITY, whole }: Props) {
  const path = `/islet/v1/trace?${new URLSearchParams({ ...subject })}`;
  const changes = [cluster.deployments, cluster.replicaSets, cluster.pods].map(({ objects }) => objects.value);
  const { answer: story, problem } = useAnswer<TraceStory>(cluster, path, changes);
  if (!story) return problem ? <p class="notice">{problem}</p> : <p class="empty">{t('readingLog')}</p>;
  const { head, left, tail } = shorten(gather(story.steps), most);
  return (
    <>
      <ol class="story">
        {head.map((group) => (
          <Step key={group[0]?.revision} group={group} steps={story.steps} />
        ))}
        {left > 0 && (
          <li class="left-out">
            <span />
            <a class="what" href={whole}>
              {t('moreSteps', { count: left })}
            </a>
          </li>
        )}
        {tail.map((group) => (
          <Step key={group[0]?.revision} group={group} steps={story.steps} />
        ))}
      </ol>
      {story.cut && <p class="quiet">{t('storyCut')}</p>}
    </>
  );
}

function Step({ group, steps }: { group: TraceStep[]; steps: readonly TraceStep[] }) {
  const [first] = group;
  const last = group.at(-1);
  if (!first || !last) return null;
  const many = group.length > 1;
  const cause = many ? undefined : becauseOf(first, steps);
  return (
    <li>
      <time title={new Date(first.at).toLocaleString()}>{formatOffset(first.offset)}</time>
      <div class="what">
        {many ? `${group.length} × ` : ''}
        {first.object.kind.toLowerCase()}
        {many ? 's' : `/${first.object.name}`} <b>{whatWords(first.parts, many)}</b>
        <div class="who">
          {first.who}
          {many && ` · ${t('until', { time: formatOffset(last.offset) })}`}
          {cause && ` · ${t('becauseOf', { cause })}`}
        </div>
      </div>
    </li>
  );
}
