/** Where metrics come from: the questions to their APIs, and what the answers say (`podautoscaler/metrics/client.go`). */
import type { PodMetrics } from '../../../kube/kinds/metrics/types.ts';
import { parseDuration } from '../../../kube/machinery/go-duration.ts';
import { milliOf } from '../../../kube/machinery/quantity.ts';
import {
  formatSelector,
  type LabelSelectorObject,
  selectorFromObject,
} from '../../../kube/machinery/selectors/labels.ts';
import { timeOf } from '../../../kube/machinery/time.ts';
import type { Answer, Question } from '../runtime/plan.ts';
import { MetricError, type Sample, type Samples } from './calculator.ts';

type Asking<T> = Generator<Question, T, Answer>;

const CUSTOM = '/apis/custom.metrics.k8s.io';
const EXTERNAL = '/apis/external.metrics.k8s.io/v1beta1';
/** The newer one first. */
const CUSTOM_VERSIONS = ['v1beta2', 'v1beta1'];
const DEFAULT_WINDOW_MS = 60_000;
const MAX_INT64 = 2 ** 63;

interface MetricValue {
  describedObject?: { name?: string };
  timestamp?: string;
  windowSeconds?: number;
  value?: string;
}

/** By pods of the selector, what they use of a resource; `container`: that one alone, '' for all. */
export function* resourceSamples(
  namespace: string,
  selector: string,
  resource: string,
  container: string,
): Asking<Samples> {
  const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`;
  const answer = yield { path, query: query({ labelSelector: selector }) };
  if (!answer.ok) {
    throw new MetricError(`unable to fetch metrics from resource metrics API: ${answer.status.message}`);
  }
  const items = (answer.object as { items?: PodMetrics[] | null }).items ?? [];
  if (items.length === 0) throw new MetricError('no metrics returned from resource metrics API');
  const samples = new Map<string, Sample>();
  for (const { metadata, containers, timestamp, window } of items) {
    const counted = (containers ?? []).filter(({ name }) => container === '' || name === container);
    const usages = counted.map(({ usage }) => (usage as unknown as Record<string, string>)[resource]);
    if (usages.length === 0 || usages.some((usage) => usage === undefined)) continue;
    const value = usages.reduce((total, usage) => total + milliOf(usage), 0);
    samples.set(metadata.name ?? '', { value, at: timeOf(timestamp), window: milliseconds(window) });
  }
  return samples;
}

function milliseconds(duration: string): number {
  const nanos = parseDuration(duration);
  return typeof nanos === 'string' ? 0 : Number(nanos) / 1_000_000;
}

/** By pods of the selector, the values of a metric of theirs. */
export function* podSamples(
  namespace: string,
  selector: string,
  metric: string,
  metricSelector: LabelSelectorObject | undefined,
): Asking<Samples> {
  const list = yield* customMetric(`namespaces/${namespace}/pods/*/${encodeURIComponent(metric)}`, {
    labelSelector: selector,
    metricLabelSelector: textOf(metricSelector),
  });
  if (list.length === 0) throw new MetricError('no metrics returned from custom metrics API');
  return new Map(
    list.map(({ describedObject, timestamp, windowSeconds, value }) => [
      describedObject?.name ?? '',
      {
        value: milliOf(value),
        at: timeOf(timestamp),
        window: windowSeconds === undefined ? DEFAULT_WINDOW_MS : windowSeconds * 1000,
      },
    ]),
  );
}

/** Thousandths of an object's metric. `resource`: `deployments.apps`; `namespaces` for the namespace itself. */
export function* objectValue(
  namespace: string,
  object: { resource: string; name: string },
  metric: string,
  metricSelector: LabelSelectorObject | undefined,
): Asking<number> {
  const place =
    object.resource === 'namespaces'
      ? `namespaces/${namespace}/metrics`
      : `namespaces/${namespace}/${object.resource}/${encodeURIComponent(object.name)}`;
  const path = `${place}/${encodeURIComponent(metric)}`;
  const [value, ...others] = yield* customMetric(path, { metricLabelSelector: textOf(metricSelector) });
  if (!value || others.length > 0) {
    const problem = value ? 'the custom metrics API server returned more than one result' : 'returned no results';
    throw new MetricError(`unable to fetch metrics from custom metrics API: ${problem} for ${metric}`);
  }
  return milliOf(value.value);
}

/** Thousandths of a metric of no object: the sum of its values. */
export function* externalValue(
  namespace: string,
  metric: string,
  metricSelector: LabelSelectorObject | undefined,
): Asking<number> {
  const path = `${EXTERNAL}/namespaces/${namespace}/${encodeURIComponent(metric)}`;
  const answer = yield { path, query: query({ labelSelector: textOf(metricSelector) }) };
  if (!answer.ok) {
    const { code, message } = answer.status;
    const isUnserved = code === 404;
    const text = `the server could not find the requested resource (get ${metric}.external.metrics.k8s.io)`;
    throw new MetricError(`unable to fetch metrics from external metrics API: ${isUnserved ? text : message}`);
  }
  const items = (answer.object as { items?: { value?: string }[] | null }).items ?? [];
  if (items.length === 0) throw new MetricError('no metrics returned from external metrics API');
  return Math.min(
    MAX_INT64,
    items.reduce((total, { value }) => total + milliOf(value), 0),
  );
}

function* customMetric(path: string, parameters: Record<string, string>): Asking<MetricValue[]> {
  const failed = 'unable to fetch metrics from custom metrics API';
  for (const version of CUSTOM_VERSIONS) {
    const answer = yield { path: `${CUSTOM}/${version}`, query: '' };
    if (!answer.ok) continue;
    const values = yield { path: `${CUSTOM}/${version}/${path}`, query: query(parameters) };
    if (!values.ok) throw new MetricError(`${failed}: ${values.status.message}`);
    return (values.object as { items?: MetricValue[] }).items ?? [];
  }
  throw new MetricError(`${failed}: no custom metrics API (custom.metrics.k8s.io) registered`);
}

function textOf(selector: LabelSelectorObject | undefined): string {
  return formatSelector(selectorFromObject(selector ?? {}));
}

function query(parameters: Record<string, string>): string {
  return new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== '')).toString();
}
