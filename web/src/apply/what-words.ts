/** The words for a write, in the language of the page. */
import type { What } from '../../../wire/what.ts';
import type { Frame } from './frames.ts';
import { t } from './messages.ts';

const WORDS: { readonly [Code in What['code']]: (what: Extract<What, { code: Code }>) => string } = {
  created: () => t('created'),
  createdWith: ({ count }) => t('createdWith', { count }),
  deleted: () => t('deleted'),
  changed: () => t('changed'),
  fields: ({ names }) => t('fields', { names: names.join(', ') }),
  stopping: ({ seconds }) => t('stopping', { seconds }),
  deleting: () => t('deleting'),
  rollout: ({ revision }) => t('rollout', { revision }),
  bound: ({ node }) => t('bound', { node }),
  scaled: ({ from, to }) => t('scaled', { from, to }),
  paused: () => t('paused'),
  resumed: () => t('resumed'),
  template: ({ images }) => (images.length > 0 ? t('templateWith', { images: images.join(', ') }) : t('template')),
  phase: ({ from, to }) => (from ? `${from} → ${to}` : to),
  ready: () => t('ready'),
  notReady: () => t('notReady'),
  notSchedulable: () => t('notSchedulable'),
  container: ({ name, state, reason }) => {
    const how = t(state);
    return t('container', { name, state: reason ? `${how} (${reason})` : how });
  },
  replicas: ({ ready, wanted }) => t(ready > wanted ? 'tooMany' : 'replicas', { ready, wanted }),
  progress: ({ reason }) => reason,
};

/** Of many alike, what they have in common. */
const OF_MANY: { readonly [Code in What['code']]?: () => string } = {
  createdWith: () => t('created'),
  stopping: () => t('stoppingAll'),
  bound: () => t('boundAll'),
  scaled: () => t('scaledAll'),
  template: () => t('template'),
};

export function whatWords(parts: readonly What[], isOfMany = false): string {
  const words = parts.map((what) => {
    const common = isOfMany ? OF_MANY[what.code] : undefined;
    return common ? common() : (WORDS[what.code] as (what: What) => string)(what);
  });
  return words.join(t('comma'));
}

/** A frame as a line. */
export function lineOf(frame: Frame): string {
  const { stage, steps } = frame;
  const [{ object, parts }] = steps;
  const many = steps.length > 1;
  const kind = object.kind.toLowerCase();
  const subject = many ? t('many', { count: steps.length, what: kind }) : `${kind}/${object.name}`;
  return `${t(stage)}${t('comma')}${atGate(frame) ?? `${subject} ${whatWords(parts, many)}`}`;
}

/** The words for a place's part in a request; undefined where the change itself says more. */
function atGate({ stage, steps: [{ actor, request, changed, revision }] }: Frame): string | undefined {
  if (actor !== 'person' || !request) return undefined;
  switch (stage) {
    case 'authentication':
      return request.user;
    case 'authorization':
      return t('allowed');
    case 'admission':
      return changed ? Object.keys(changed).join(t('comma')) : t('unchanged');
    case 'revision':
      return String(revision);
    default:
      return undefined;
  }
}
