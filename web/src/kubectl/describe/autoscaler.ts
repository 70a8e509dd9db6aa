import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { longTime } from '../print/durations.ts';
import type { Describer } from './describer.ts';
import { columns, heading } from './parts.ts';
import type { Sheet } from './sheet.ts';

interface Amount {
  type?: string;
  averageUtilization?: number;
  averageValue?: string;
  value?: string;
}

interface Named {
  name?: string;
  container?: string;
  metric?: { name: string };
  describedObject?: { kind: string; name: string };
  target?: Amount;
  current?: Amount;
}

interface Metric {
  type: string;
  resource?: Named;
  containerResource?: Named;
  pods?: Named;
  object?: Named;
  external?: Named;
}

interface Rules {
  stabilizationWindowSeconds?: number;
  selectPolicy?: string;
  policies?: { type: string; value: number; periodSeconds: number }[];
}

interface Autoscaler extends KubeObject {
  spec: {
    scaleTargetRef: { kind: string; name: string };
    minReplicas?: number;
    maxReplicas: number;
    metrics?: Metric[];
    behavior?: { scaleUp?: Rules; scaleDown?: Rules };
  };
  status?: {
    currentReplicas?: number;
    desiredReplicas?: number;
    currentMetrics?: Metric[];
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
  };
}

export const autoscaler: Describer<Autoscaler> = {
  describe: (sheet, object) => {
    const { metadata, spec, status } = object;
    heading(sheet, object);
    sheet.line(0, `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`);
    sheet.line(0, `Reference:\t${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`);
    sheet.line(0, 'Metrics:\t( current / target )');
    for (const [index, metric] of (spec.metrics ?? []).entries()) {
      sheet.line(1, metricText(metric, status?.currentMetrics?.[index]));
    }
    sheet.line(0, `Min replicas:\t${spec.minReplicas ?? '<unset>'}`);
    sheet.line(0, `Max replicas:\t${spec.maxReplicas}`);
    if (spec.behavior) sheet.line(0, 'Behavior:');
    direction(sheet, 'Scale Up', spec.behavior?.scaleUp);
    direction(sheet, 'Scale Down', spec.behavior?.scaleDown);
    const { currentReplicas = 0, desiredReplicas = 0, conditions = [] } = status ?? {};
    sheet.line(0, `${spec.scaleTargetRef.kind} pods:\t${currentReplicas} current / ${desiredReplicas} desired`);
    if (conditions.length === 0) return;
    sheet.line(0, 'Conditions:');
    const rows = conditions.map(({ type, status: value, reason = '', message = '' }) => [type, value, reason, message]);
    columns(sheet, 1, ['Type', 'Status', 'Reason', 'Message'], ['----', '------', '------', '-------'], rows);
  },
};

function metricText(metric: Metric, current: Metric | undefined): string {
  const { resource, containerResource, pods, object, external } = metric;
  if (metric.type === 'Resource' && resource) {
    return shareText(`resource ${resource.name} on pods`, resource, current?.resource);
  }
  if (metric.type === 'ContainerResource' && containerResource) {
    const { name, container } = containerResource;
    return shareText(
      `resource ${name} of container "${container}" on pods`,
      containerResource,
      current?.containerResource,
    );
  }
  if (metric.type === 'Pods' && pods) {
    return `"${pods.metric?.name}" on pods:\t${amountText(current?.pods, 'averageValue')} / ${pods.target?.averageValue}`;
  }
  if (metric.type === 'Object' && object) {
    const { describedObject, target } = object;
    const which = target?.type === 'AverageValue' ? 'averageValue' : 'value';
    const word = which === 'averageValue' ? '(target average value)' : '(target value)';
    const subject = `"${object.metric?.name}" on ${describedObject?.kind}/${describedObject?.name}`;
    return `${subject} ${word}:\t${amountText(current?.object, which)} / ${target?.[which]}`;
  }
  if (metric.type === 'External' && external) {
    const which = external.target?.averageValue !== undefined ? 'averageValue' : 'value';
    const word = which === 'averageValue' ? '(target average value)' : '(target value)';
    return `"${external.metric?.name}" ${word}:\t${amountText(current?.external, which)} / ${external.target?.[which]}`;
  }
  return `<unknown metric type ${JSON.stringify(metric.type)}>`;
}

function amountText(named: Named | undefined, which: 'averageValue' | 'value'): string {
  return named?.current?.[which] ?? '<unknown>';
}

function shareText(subject: string, { target }: Named, current: Named | undefined): string {
  if (target?.averageValue !== undefined) {
    return `${subject}:\t${amountText(current, 'averageValue')} / ${target.averageValue}`;
  }
  const { averageUtilization: share, averageValue } = current?.current ?? {};
  const now = share === undefined ? '<unknown>' : `${share}% (${averageValue})`;
  const wanted = target?.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`;
  return `${subject}  (as a percentage of request):\t${now} / ${wanted}`;
}

function direction(sheet: Sheet, title: string, rules: Rules | undefined): void {
  if (!rules) return;
  const { stabilizationWindowSeconds, selectPolicy = 'Max', policies = [] } = rules;
  sheet.line(1, `${title}:`);
  if (stabilizationWindowSeconds !== undefined) {
    sheet.line(2, `Stabilization Window: ${stabilizationWindowSeconds} seconds`);
  }
  if (policies.length === 0) return;
  sheet.line(2, `Select Policy: ${selectPolicy}`);
  sheet.line(2, 'Policies:');
  for (const { type, value, periodSeconds } of policies) {
    sheet.line(3, `- Type: ${type}\tValue: ${value}\tPeriod: ${periodSeconds} seconds`);
  }
}
