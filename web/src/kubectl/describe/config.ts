/** ConfigMaps, Secrets, ServiceAccounts, namespaces, quotas, limits, disruption budgets and classes. */
import { formatQuantity, parseQuantity } from '../../../../kube/machinery/quantity.ts';
import type {
  ConfigMap,
  LimitRange,
  Namespace,
  PodDisruptionBudget,
  PriorityClass,
  ResourceQuota,
  Secret,
  ServiceAccount,
} from '../../../../kube/types.ts';
import { longTime } from '../print/durations.ts';
import { formatLabels, selectorText } from '../print/labels.ts';
import type { Describer } from './describer.ts';
import { columns, heading, sortedEntries } from './parts.ts';
import type { Sheet } from './sheet.ts';

export const configMap: Describer<ConfigMap> = {
  describe: (sheet, object) => {
    heading(sheet, object);
    sheet.line(0, '\nData\n====');
    for (const [key, value] of sortedEntries(object.data)) sheet.line(0, `${key}:\n----\n${value}\n`);
    sheet.line(0, '\nBinaryData\n====');
    for (const [key, value] of sortedEntries(object.binaryData)) sheet.line(0, `${key}: ${bytesOf(value)} bytes`);
    sheet.line(0, '');
  },
};

/** Of base64. */
function bytesOf(text: string): number {
  return (text.length / 4) * 3 - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0);
}

export const secret: Describer<Secret> = {
  eventKind: 'no events',
  describe: (sheet, object) => {
    heading(sheet, object);
    sheet.line(0, `\nType:\t${object.type}`);
    sheet.line(0, '\nData\n====');
    for (const [key, value] of sortedEntries(object.data)) {
      const isToken = key === 'token' && object.type === 'kubernetes.io/service-account-token';
      sheet.line(0, `${key}:\t${isToken ? atob(value) : `${bytesOf(value)} bytes`}`);
    }
  },
};

export const serviceAccount: Describer<ServiceAccount> = {
  describe: (sheet, object) => {
    heading(sheet, object);
    const title = 'Image pull secrets:';
    const names = (object.imagePullSecrets ?? []).map(({ name }) => name);
    if (names.length === 0) sheet.line(0, `${title}\t<none>`);
    for (const [index, name] of names.entries())
      sheet.line(0, `${index === 0 ? title : ' '.repeat(title.length)}\t${name}`);
  },
};

const SCOPES: Readonly<Record<string, string>> = {
  Terminating:
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort:
    'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
};

function scopeLines(sheet: Sheet, level: number, { spec }: ResourceQuota, bullet: string): void {
  const scopes = [...(spec?.scopes ?? [])].sort();
  if (scopes.length > 0) sheet.line(level, `Scopes:\t${scopes.join(', ')}`);
  for (const scope of scopes) if (SCOPES[scope]) sheet.line(level, `${bullet}${SCOPES[scope]}`);
}

export const quota: Describer<ResourceQuota> = {
  eventKind: 'no events',
  describe: (sheet, object) => {
    sheet.line(0, `Name:\t${object.metadata.name}`);
    sheet.line(0, `Namespace:\t${object.metadata.namespace}`);
    scopeLines(sheet, 0, object, ' * ');
    const rows = sortedEntries(object.status?.hard).map(([name, hard]) => [
      name,
      inFormat(object.status?.used?.[name] ?? '0', hard),
      hard,
    ]);
    columns(sheet, 0, ['Resource', 'Used', 'Hard'], ['--------', '----', '----'], rows);
  },
};

function inFormat(amount: string, like: string): string {
  const [used, hard] = [parseQuantity(amount), parseQuantity(like)];
  if (!used || !hard || used.format === hard.format) return amount;
  return formatQuantity({ nano: used.nano, format: hard.format });
}

export const limitRange: Describer<LimitRange> = {
  eventKind: 'no events',
  describe: (sheet, object) => {
    sheet.line(0, `Name:\t${object.metadata.name}`);
    sheet.line(0, `Namespace:\t${object.metadata.namespace}`);
    sheet.line(0, LIMIT_HEADS.join('\t'));
    sheet.line(0, LIMIT_HEADS.map((head) => '-'.repeat(head.length)).join('\t'));
    limitLines(sheet, object, '');
  },
};

const LIMIT_HEADS = ['Type', 'Resource', 'Min', 'Max', 'Default Request', 'Default Limit', 'Max Limit/Request Ratio'];

const LIMIT_LISTS = ['min', 'max', 'defaultRequest', 'default', 'maxLimitRequestRatio'];

interface Limits {
  type: string;
  [list: string]: Record<string, string> | string | undefined;
}

function limitLines(sheet: Sheet, { spec }: LimitRange, prefix: string): void {
  for (const { type, ...given } of (spec?.limits ?? []) as unknown as Limits[]) {
    const lists = LIMIT_LISTS.map((list) => given[list] as Record<string, string> | undefined);
    const names = new Set(lists.flatMap((list) => Object.keys(list ?? {})));
    for (const name of [...names].sort()) {
      sheet.line(0, [`${prefix}${type}`, name, ...lists.map((list) => list?.[name] ?? '-')].join('\t'));
    }
  }
}

export const namespace: Describer<Namespace> = {
  eventKind: 'no events',
  describe: async (sheet, object, { context }) => {
    heading(sheet, object, false);
    sheet.line(0, `Status:\t${object.status?.phase ?? ''}`);
    const conditions = object.status?.conditions ?? [];
    if (conditions.length > 0) {
      sheet.line(0, 'Conditions:');
      const rows = conditions.map(({ type, status, lastTransitionTime, reason = '', message = '' }) => [
        type,
        status,
        longTime(lastTransitionTime),
        reason,
        message,
      ]);
      const heads = ['Type', 'Status', 'LastTransitionTime', 'Reason', 'Message'];
      columns(
        sheet,
        1,
        heads,
        heads.map((head) => '-'.repeat(head.length)),
        rows,
      );
    }
    const list = async <T>(resource: string): Promise<T[]> =>
      (await context.client.get<{ items: T[] }>(`/api/v1/namespaces/${object.metadata.name}/${resource}`)).items;
    sheet.line(0, '');
    quotaLines(sheet, await list<ResourceQuota>('resourcequotas'));
    sheet.line(0, '');
    const ranges = await list<LimitRange>('limitranges');
    if (ranges.length === 0) sheet.line(0, 'No LimitRange resource.');
    else {
      sheet.line(0, `Resource Limits\n ${LIMIT_HEADS.join('\t')}`);
      sheet.line(0, ` ${LIMIT_HEADS.map((head) => '-'.repeat(head.length)).join('\t')}`);
      for (const range of ranges) limitLines(sheet, range, ' ');
    }
  },
};

function quotaLines(sheet: Sheet, quotas: readonly ResourceQuota[]): void {
  if (quotas.length === 0) {
    sheet.line(0, 'No resource quota.');
    return;
  }
  sheet.line(0, 'Resource Quotas');
  for (const each of [...quotas].sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1))) {
    sheet.line(1, `Name:\t${each.metadata.name}`);
    scopeLines(sheet, 1, each, '* ');
    const rows = sortedEntries(each.status?.hard).map(([name, hard]) => [name, each.status?.used?.[name] ?? '0', hard]);
    columns(sheet, 1, ['Resource', 'Used', 'Hard'], ['--------', '---', '---'], rows);
  }
}

export const disruptionBudget: Describer<PodDisruptionBudget> = {
  describe: (sheet, { metadata, spec, status }) => {
    sheet.line(0, `Name:\t${metadata.name}`);
    sheet.line(0, `Namespace:\t${metadata.namespace}`);
    if (spec?.minAvailable !== undefined) sheet.line(0, `Min available:\t${spec.minAvailable}`);
    else if (spec?.maxUnavailable !== undefined) sheet.line(0, `Max unavailable:\t${spec.maxUnavailable}`);
    sheet.line(0, `Selector:\t${spec?.selector ? selectorText(spec.selector) : '<unset>'}`);
    sheet.line(0, 'Status:');
    sheet.line(2, `Allowed disruptions:\t${status?.disruptionsAllowed ?? 0}`);
    sheet.line(2, `Current:\t${status?.currentHealthy ?? 0}`);
    sheet.line(2, `Desired:\t${status?.desiredHealthy ?? 0}`);
    sheet.line(2, `Total:\t${status?.expectedPods ?? 0}`);
  },
};

export const priorityClass: Describer<PriorityClass> = {
  describe: (sheet, object) => {
    sheet.line(0, `Name:\t${object.metadata.name}`);
    sheet.line(0, `Value:\t${object.value}`);
    sheet.line(0, `GlobalDefault:\t${object.globalDefault === true}`);
    sheet.line(0, `PreemptionPolicy:\t${object.preemptionPolicy}`);
    sheet.line(0, `Description:\t${object.description ?? ''}`);
    sheet.line(0, `Annotations:\t${formatLabels(object.metadata.annotations)}`);
  },
};
