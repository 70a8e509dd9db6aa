/** The TARGETS cell of HorizontalPodAutoscalers (`formatHPAMetrics`). */
import type { HorizontalPodAutoscaler } from '../../types.ts';
import { NONE, UNKNOWN } from '../columns/text.ts';

type Spec = NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['metrics']>[number];
type Status = NonNullable<NonNullable<HorizontalPodAutoscaler['status']>['currentMetrics']>[number];

const SHOWN = 2;

const percent = (value: number | undefined, otherwise: string) => (value === undefined ? otherwise : `${value}%`);

/** The text of a metric that has a value, or an average over pods. */
function valueText(target: Spec['object'] | Spec['external'], current: Status['object'] | Status['external']): string {
  if (target?.target?.averageValue !== undefined) {
    return `${current?.current?.averageValue ?? UNKNOWN}/${target.target.averageValue} (avg)`;
  }
  return `${current?.current?.value ?? (current ? '0' : UNKNOWN)}/${target?.target?.value ?? '0'}`;
}

/** The text of a metric of the pods' resources. */
function resourceText(target: Spec['resource'], current: Status['resource']): string {
  if (target?.target?.averageValue !== undefined) {
    return `${target.name}: ${current?.current?.averageValue ?? (current ? '0' : UNKNOWN)}/${target.target.averageValue}`;
  }
  const now = percent(current?.current?.averageUtilization, UNKNOWN);
  return `${target?.name}: ${now}/${percent(target?.target?.averageUtilization, '<auto>')}`;
}

function metricText(spec: Spec, status: Status | undefined): string {
  switch (spec.type) {
    case 'External':
      return valueText(spec.external, status?.external);
    case 'Object':
      return valueText(spec.object, status?.object);
    case 'Pods': {
      const current = status?.pods ? (status.pods.current?.averageValue ?? '0') : UNKNOWN;
      return `${current}/${spec.pods?.target?.averageValue ?? '0'}`;
    }
    case 'Resource':
      return resourceText(spec.resource, status?.resource);
    case 'ContainerResource':
      return resourceText(spec.containerResource, status?.containerResource);
    default:
      return '<unknown type>';
  }
}

export function metricsText({ spec, status }: HorizontalPodAutoscaler): string {
  const texts = (spec?.metrics ?? []).map((metric, index) => metricText(metric, status?.currentMetrics?.[index]));
  if (texts.length === 0) return NONE;
  const text = texts.slice(0, SHOWN).join(', ');
  return texts.length > SHOWN ? `${text} + ${texts.length - SHOWN} more...` : text;
}
