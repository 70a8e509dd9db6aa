/** Why a pod is where it is and does not run, in the language of the page: from codes and their values. */
import type { Trouble } from '../../../kube/pod-lifecycle/trouble.ts';
import { troubleAdvice } from '../../../kube/pod-lifecycle/trouble-advice.ts';
import { type Refusal, shortNames, stepsFor } from '../../../kube/scheduling/advice.ts';
import { adviceCodes, headlinesOf, type Why } from '../../../wire/why.ts';
import { advice, detail, headline, otherAdvice, preference, t, troubleNext, troubleWords } from './messages.ts';

type Say = (code: string, values?: Readonly<Record<string, string | number | undefined>>) => string;

/** `now` in milliseconds since the epoch. */
export function headlineWords(why: Why, now: number): string[] {
  return headlinesOf(why).map(({ code, values, decided }) => {
    const when = decided === undefined ? '' : t('decided', { ago: agoWords(now - decided) });
    return (headline as Say)(code, { ...values, when });
  });
}

export function agoWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return t('seconds', { count: seconds });
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? t('minutes', { count: minutes }) : t('hours', { count: Math.round(minutes / 60) });
}

/** A clause, with upstream's reason and message. */
export function troubleClause(trouble: Trouble): string {
  const { reason, message } = trouble;
  const said = message.replace(/\.$/, '');
  const text = reason && said ? t('withDetail', { reason, detail: said }) : reason || said;
  return (troubleWords as Say)(trouble.code, { ...trouble, because: text && t('because', { text }) });
}

export function troubleStep(trouble: Trouble, pod: { namespace: string; name: string }): string {
  return (troubleNext as Say)(troubleAdvice(trouble), { ...trouble, pod: pod.name, namespace: pod.namespace });
}

/** The steps that help a pod which has found no node; where there are several, behind the nodes that each is about. */
export function adviceWords(why: Why): string[] {
  const codes = adviceCodes(why);
  if (typeof codes === 'string') return [otherAdvice(codes)];
  const steps = stepsFor(codes);
  return steps.map(({ code, nodes }) => {
    const text = (advice as Say)(code);
    if (steps.length < 2 || nodes.length === 0) return text;
    const { names, more } = shortNames(nodes);
    return t('atNodes', { nodes: more ? t('andOthers', { names }) : names, text });
  });
}

/** Upstream's reasons, with amounts. */
export function reasonWords({ reasons = [], details = [] }: Refusal): string {
  const words = reasons.map((reason, at) => {
    const more = details[at];
    if (!more) return reason;
    return t('withDetail', { reason, detail: typeof more === 'string' ? more : (detail as Say)(more.code, more) });
  });
  return words.join(t('comma'));
}

/** An earlier version has kept a text. */
export function preferenceWords(code = ''): string {
  return Object.hasOwn((preference as unknown as { texts: { en: object } }).texts.en, code)
    ? (preference as Say)(code)
    : code;
}
