/** The proposal of each metric of an autoscaler, and its status (`horizontal.go`, computeReplicasForMetric). */

import { formatQuantity, milliOf, type Quantity } from '../../../kube/machinery/quantity.ts';
import type { GroupResource } from '../../../kube/machinery/resource.ts';
import type { LabelSelectorObject } from '../../../kube/machinery/selectors/labels.ts';
import { printSelector } from '../common/selectors.ts';
import type { Answer, Question } from '../runtime/plan.ts';
import {
  byAverage,
  byShare,
  byUtilization,
  byValue,
  MetricError,
  type Proposal,
  type Situation,
  type UtilizationProposal,
} from './calculator.ts';
import type { Spec } from './limits.ts';
import { externalValue, objectValue, podSamples, resourceSamples } from './sources.ts';

type Asking<T> = Generator<Question, T, Answer>;
type MetricSpec = NonNullable<Spec['metrics']>[number];
type Target = NonNullable<MetricSpec['resource']>['target'];

export interface Context extends Situation {
  namespace: string;
  /** The selector of the pods, as text. */
  selector: string;
  /** `status.replicas` of the scale. */
  statusReplicas: number;
  resourceOf(apiVersion: string, kind: string): GroupResource | undefined;
}

export type Outcome =
  | { ok: true; replicas: number; name: string; status: object }
  /** `message`: of event and condition. `outer`: as a run that fails because of it has it. */
  | { ok: false; reason: string; message: string; outer: string };

export function* propose(context: Context, metric: MetricSpec): Asking<Outcome> {
  switch (metric.type) {
    case 'Resource': {
      const { name = '', target } = metric.resource ?? {};
      const outcome = yield* resource(context, name, '', target);
      return of(outcome, 'FailedGetResourceMetric', `failed to get ${name} resource metric value`, (current) => ({
        name: outcome.name,
        status: { type: 'Resource', resource: { name, current } },
      }));
    }
    case 'ContainerResource': {
      const { name = '', container = '', target } = metric.containerResource ?? {};
      const outcome = yield* resource(context, name, container, target);
      const outer = `failed to get ${container} container metric value`;
      return of(outcome, 'FailedGetContainerResourceMetric', outer, (current) => ({
        name: outcome.name,
        status: { type: 'ContainerResource', containerResource: { name, container, current } },
      }));
    }
    case 'Pods': {
      const { metric: identity, target } = metric.pods ?? {};
      const outcome = yield* pods(context, identity, target);
      return of(outcome, 'FailedGetPodsMetric', 'failed to get pods metric value', (current) => ({
        name: `pods metric ${identity?.name}`,
        status: { type: 'Pods', pods: { metric: identity, current } },
      }));
    }
    case 'Object': {
      const { metric: identity, target, describedObject } = metric.object ?? {};
      const outcome = yield* object(context, metric);
      const isShared = target?.type === 'AverageValue';
      const outer = `failed to get object metric value${isShared ? `: failed to get ${identity?.name} object metric` : ''}`;
      return of(outcome, 'FailedGetObjectMetric', outer, (current) => ({
        name: isShared
          ? `external metric ${identity?.name}(${printSelector(identity?.selector)})`
          : `${describedObject?.kind} metric ${identity?.name}`,
        status: { type: 'Object', object: { metric: identity, current, describedObject } },
      }));
    }
    case 'External': {
      const { metric: identity, target } = metric.external ?? {};
      const outcome = yield* external(context, identity, target);
      const name = identity?.name;
      const inner = target?.averageValue === undefined ? `external metric ${name}` : `${name} external metric`;
      return of(
        outcome,
        'FailedGetExternalMetric',
        `failed to get ${name} external metric value: failed to get ${inner}`,
        (current) => ({
          name: `external metric ${name}(${printSelector(identity?.selector)})`,
          status: { type: 'External', external: { metric: identity, current } },
        }),
      );
    }
    default: {
      const message = `unknown metric source type "${metric.type}"`;
      return { ok: false, reason: 'InvalidMetricSourceType', message, outer: message };
    }
  }
}

type Measured = { replicas: number; current: object; name?: string } | { problem: string; name?: string };

function of(
  outcome: Measured,
  reason: string,
  outer: string,
  made: (current: object) => { name?: string; status: object },
): Outcome {
  if ('problem' in outcome)
    return { ok: false, reason, message: outcome.problem, outer: `${outer}: ${outcome.problem}` };
  const { name = '', status } = made(outcome.current);
  return { ok: true, replicas: outcome.replicas, name, status };
}

function* resource(context: Context, name: string, container: string, target: Target | undefined): Asking<Measured> {
  const { averageValue, averageUtilization } = target ?? {};
  const isUsage = averageValue !== undefined;
  if (!isUsage && averageUtilization === undefined) {
    return {
      problem:
        'invalid resource metric source: neither an average utilization target nor an average value (usage) target was set',
    };
  }
  const failed = `failed to get ${name} ${isUsage ? 'usage' : 'utilization'}`;
  try {
    const { namespace, selector } = context;
    const samples = yield* prefixed(
      resourceSamples(namespace, selector, name, container),
      `unable to get metrics for resource ${name}`,
    );
    const proposal: Proposal | UtilizationProposal = isUsage
      ? byAverage(context, samples, milliOf(averageValue), name)
      : byUtilization(context, samples, averageUtilization ?? 0, name, container);
    const usage = quantity(proposal.usage, name === 'memory' ? 'BinarySI' : 'DecimalSI');
    const utilization = 'utilization' in proposal ? { averageUtilization: proposal.utilization } : {};
    const kind = container === '' ? '' : 'container ';
    return {
      replicas: proposal.replicas,
      current: { ...utilization, averageValue: usage },
      name: isUsage ? `${name} resource` : `${name} ${kind}resource utilization (percentage of request)`,
    };
  } catch (error) {
    return { problem: `${failed}: ${messageOf(error)}` };
  }
}

type Identity = { name: string; selector?: LabelSelectorObject } | undefined;

function* pods(context: Context, metric: Identity, target: Target | undefined): Asking<Measured> {
  const { namespace, selector } = context;
  const name = metric?.name ?? '';
  try {
    const asked = podSamples(namespace, selector, name, metric?.selector);
    const samples = yield* prefixed(asked, `unable to get metric ${name}`);
    const { replicas, usage } = byAverage(context, samples, milliOf(target?.averageValue), '');
    return { replicas, current: { averageValue: quantity(usage) } };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

function* object(context: Context, { object: source }: MetricSpec): Asking<Measured> {
  const { metric, target, describedObject } = source ?? {};
  const { namespace } = context;
  const { kind = '', name = '', apiVersion = '' } = describedObject ?? {};
  try {
    const resource = context.resourceOf(apiVersion, kind) ?? `${kind.toLowerCase()}s`;
    const asked = objectValue(namespace, { resource, name }, metric?.name ?? '', metric?.selector);
    // Upstream's words, in its order.
    const value = yield* prefixed(asked, `unable to get metric ${metric?.name}: ${kind} on ${namespace} ${name}`, '/');
    if (target?.type === 'Value' && target.value !== undefined) {
      const { replicas, usage } = byValue(context, value, milliOf(target.value));
      return { replicas, current: { value: quantity(usage) } };
    }
    if (target?.type === 'AverageValue' && target.averageValue !== undefined) return shared(context, value, target);
    return { problem: 'invalid object metric source: neither a value target nor an average value target was set' };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

function* external(context: Context, metric: Identity, target: Target | undefined): Asking<Measured> {
  const { namespace } = context;
  const { averageValue, value } = target ?? {};
  try {
    const about = `unable to get external metric ${namespace}/${metric?.name}/${printSelector(metric?.selector)}`;
    const total = yield* prefixed(externalValue(namespace, metric?.name ?? '', metric?.selector), about);
    if (averageValue !== undefined) return shared(context, total, target);
    if (value === undefined) {
      return { problem: 'invalid external metric source: neither a value target nor an average value target was set' };
    }
    const { replicas, usage } = byValue(context, total, milliOf(value));
    return { replicas, current: { value: quantity(usage) } };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

function shared({ statusReplicas, tolerances }: Context, value: number, target: Target | undefined): Measured {
  const { replicas, usage } = byShare(statusReplicas, value, milliOf(target?.averageValue), tolerances);
  return { replicas, current: { averageValue: quantity(usage) } };
}

function* prefixed<T>(asked: Asking<T>, prefix: string, divider = ': '): Asking<T> {
  try {
    return yield* asked;
  } catch (error) {
    throw new MetricError(`${prefix}${divider}${messageOf(error)}`);
  }
}

/** All else is a fault of the controller's. */
function messageOf(error: unknown): string {
  if (error instanceof MetricError) return error.message;
  throw error;
}

function quantity(milli: number, format: Quantity['format'] = 'DecimalSI'): string {
  return formatQuantity({ nano: BigInt(Math.trunc(milli)) * 1_000_000n, format });
}
