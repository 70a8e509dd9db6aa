/**
 * autoscaling/v1 HorizontalPodAutoscalers to v2 and back (`pkg/apis/autoscaling/v1/conversion.go`): v1 has one field
 * for CPU utilization. Fields that only v2 has are kept in annotations, so that nothing is lost on the way back.
 */
import type { KubeObject } from '../../machinery/object.ts';
import { checkObject } from '../../machinery/schema/check.ts';
import { schemaOf } from '../../machinery/schema/resolve.ts';
import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerV1 } from '../../types.ts';
import { DEFAULT_CPU_UTILIZATION, withRules } from './defaults.ts';
import { behaviorToV1, metricFromV1, metricToV1, withFieldNames } from './v1-annotations.ts';

type Spec = NonNullable<HorizontalPodAutoscaler['spec']>;
type Status = NonNullable<HorizontalPodAutoscaler['status']>;

const V1 = 'autoscaling/v1';
const V2 = 'autoscaling/v2';
const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';
const CURRENT_METRICS = 'autoscaling.alpha.kubernetes.io/current-metrics';
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';

/** The annotations that v1 has in place of fields. */
export const FIELD_ANNOTATIONS = [METRICS, BEHAVIOR, CURRENT_METRICS, CONDITIONS] as const;

const isCpuUtilization = (metric: { resource?: { name?: string; target?: { averageUtilization?: number } } }) =>
  metric.resource?.name === 'cpu' && metric.resource.target?.averageUtilization !== undefined;

/** The value of an annotation for a field; undefined where the field cannot hold it, as upstream passes it over. */
function parsed<T>(
  text: string | undefined,
  part: 'Spec' | 'Status',
  field: string,
  read: (value: unknown) => unknown = (value) => value,
): T | undefined {
  if (text === undefined) return undefined;
  try {
    const schema = schemaOf(`io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler${part}`);
    const { object, error } = checkObject(
      schema,
      { [field]: read(withFieldNames(JSON.parse(text))) },
      { directive: 'Ignore' },
    );
    return error === undefined ? ((object[field] ?? undefined) as T | undefined) : undefined;
  } catch {
    return undefined;
  }
}

const readMetrics = (part: 'target' | 'current') => (value: unknown) =>
  Array.isArray(value) ? value.map((metric) => metricFromV1(metric, part)) : value;

const cpuMeasured = (averageUtilization: number) => ({
  type: 'Resource',
  resource: { name: 'cpu', current: { averageUtilization } },
});

const unlessEmpty = <T>(list: T[]): T[] | undefined => (list.length > 0 ? list : undefined);

/** Without the fields that are undefined. */
function compact<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}

const cpuMetric = (averageUtilization: number) => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
});

/** The metrics of an autoscaler of v1 in v2's words; undefined where it has none. */
export function allMetrics({ metadata, spec }: HorizontalPodAutoscalerV1): Spec['metrics'] | undefined {
  const cpu = spec?.targetCPUUtilizationPercentage;
  const others =
    parsed<Spec['metrics']>(metadata.annotations?.[METRICS], 'Spec', 'metrics', readMetrics('target')) ?? [];
  return unlessEmpty([...others, ...(cpu === undefined ? [] : [cpuMetric(cpu)])]);
}

/** `DropRoundTripHorizontalPodAutoscalerAnnotations` */
function withoutOwn(annotations: Readonly<Record<string, string>> = {}): Record<string, string> {
  const {
    [METRICS]: _metrics,
    [BEHAVIOR]: _behavior,
    [CURRENT_METRICS]: _current,
    [CONDITIONS]: _conditions,
    ...others
  } = annotations;
  return others;
}

/** A create, and an update of what is wanted, take no status: also none that annotations say. */
export function keepStatusAnnotations({ metadata }: HorizontalPodAutoscalerV1, old?: HorizontalPodAutoscalerV1): void {
  const { [CURRENT_METRICS]: _current, [CONDITIONS]: _conditions, ...annotations } = metadata.annotations ?? {};
  for (const name of [CURRENT_METRICS, CONDITIONS]) {
    const before = old?.metadata.annotations?.[name];
    if (before !== undefined) annotations[name] = before;
  }
  if (Object.keys(annotations).length > 0) metadata.annotations = annotations;
  else delete metadata.annotations;
}

export function hpaToV2(object: KubeObject): KubeObject {
  if (object.apiVersion === V2) return object;
  const { spec, status, metadata, ...rest } = object as HorizontalPodAutoscalerV1;
  const {
    [BEHAVIOR]: behavior,
    [CURRENT_METRICS]: currentMetrics,
    [CONDITIONS]: conditions,
  } = metadata.annotations ?? {};
  const annotations = withoutOwn(metadata.annotations);
  const { targetCPUUtilizationPercentage: _, ...common } = spec ?? ({} as NonNullable<typeof spec>);
  const { currentCPUUtilizationPercentage: utilization, ...commonStatus } =
    status ?? ({} as NonNullable<typeof status>);
  return {
    ...rest,
    apiVersion: V2,
    metadata: compact({
      ...metadata,
      annotations: Object.keys(annotations).length > 0 ? annotations : undefined,
    }),
    spec: compact({
      ...common,
      // As upstream's conversion, which defaults what v1 left to the controller.
      metrics: allMetrics(object as HorizontalPodAutoscalerV1) ?? [cpuMetric(DEFAULT_CPU_UTILIZATION)],
      behavior: withRules(parsed<Spec['behavior']>(behavior, 'Spec', 'behavior')),
    }),
    ...(status
      ? {
          status: compact({
            ...commonStatus,
            // v2 does not print that there are none.
            currentReplicas: commonStatus.currentReplicas || undefined,
            currentMetrics:
              parsed<Status['currentMetrics']>(currentMetrics, 'Status', 'currentMetrics', readMetrics('current')) ??
              // Upstream prints a nil list as null.
              (utilization === undefined ? null : [cpuMeasured(utilization)]),
            conditions: parsed<Status['conditions']>(conditions, 'Status', 'conditions'),
          }),
        }
      : {}),
  };
}

export function hpaFromV2(object: KubeObject): KubeObject {
  if (object.apiVersion === V1) return object;
  const { spec, status, metadata, ...rest } = object as HorizontalPodAutoscaler;
  const { metrics = [], behavior, ...common } = spec ?? ({} as Spec);
  const { currentMetrics, conditions, ...commonStatus } = status ?? ({} as Status);
  const others = unlessEmpty(metrics.filter((metric) => !isCpuUtilization(metric)));
  const added = Object.entries({
    [METRICS]: others?.map((metric) => metricToV1(metric, 'target')),
    [BEHAVIOR]: behavior && behaviorToV1(behavior),
    [CURRENT_METRICS]: unlessEmpty(currentMetrics ?? [])?.map((metric) => metricToV1(metric, 'current')),
    // Go prints a time that is not set as null.
    [CONDITIONS]: conditions?.map(({ type, status: is, lastTransitionTime = null, ...why }) => ({
      type,
      status: is,
      lastTransitionTime,
      ...why,
    })),
  }).flatMap(([name, value]) => (value === undefined ? [] : [[name, JSON.stringify(value)] as const]));
  const annotations = { ...withoutOwn(metadata.annotations), ...Object.fromEntries(added) };
  return {
    ...rest,
    apiVersion: V1,
    metadata: compact({ ...metadata, annotations: Object.keys(annotations).length > 0 ? annotations : undefined }),
    spec: compact({
      ...common,
      targetCPUUtilizationPercentage: metrics.find(isCpuUtilization)?.resource?.target?.averageUtilization,
    }),
    ...(status
      ? {
          status: compact({
            ...commonStatus,
            currentReplicas: commonStatus.currentReplicas ?? 0,
            currentCPUUtilizationPercentage: currentMetrics?.find(({ resource }) => resource?.name === 'cpu')?.resource
              ?.current?.averageUtilization,
          }),
        }
      : {}),
  };
}
