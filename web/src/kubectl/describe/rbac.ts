/** Roles and their bindings. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { goText } from '../print/jsonpath/evaluate.ts';
import type { Describer } from './describer.ts';
import { columns, heading } from './parts.ts';

export interface Rule {
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
  verbs: string[];
}

/** One rule for each resource of a group, and for each address. */
export function compactRules(rules: readonly Rule[]): Rule[] {
  const compact = new Map<string, Rule>();
  const add = (rule: Rule, verbs: readonly string[]): void => {
    const key = JSON.stringify(rule);
    const known = compact.get(key) ?? { ...rule, verbs: [] };
    known.verbs.push(...verbs.filter((verb) => !known.verbs.includes(verb)));
    compact.set(key, known);
  };
  const whole: Rule[] = [];
  for (const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs } of rules) {
    for (const group of apiGroups) {
      for (const resource of resources) {
        const one = { apiGroups: [group], resources: [resource], verbs: [] };
        if (resourceNames.length === 0) add(one, verbs);
        for (const name of resourceNames) add({ ...one, resourceNames: [name] }, verbs);
      }
    }
    // Addresses are not joined.
    for (const url of nonResourceURLs) for (const verb of verbs) whole.push({ nonResourceURLs: [url], verbs: [verb] });
  }
  return [...whole, ...compact.values()].sort((a, b) => (goRule(a) < goRule(b) ? -1 : 1));
}

/** In the order of their Go texts. */
function goRule({ apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs }: Rule): string {
  const list = (items: readonly string[]): string => `[${items.join(' ')}]`;
  return `&PolicyRule{Verbs:${list(verbs)},APIGroups:${list(apiGroups)},Resources:${list(resources)},ResourceNames:${list(resourceNames)},NonResourceURLs:${list(nonResourceURLs)},}`;
}

/** `deployments.apps/scale` */
export function resourceText({ resources = [], apiGroups = [] }: Rule): string {
  const [resource = '', ...rest] = (resources[0] ?? '').split('/');
  if (resources.length === 0) return '';
  const group = apiGroups[0] ? `.${apiGroups[0]}` : '';
  return `${resource}${group}${rest.length > 0 ? `/${rest.join('/')}` : ''}`;
}

export const role: Describer = {
  eventKind: 'no events',
  describe: (sheet, object) => {
    heading(sheet, object, false);
    sheet.line(0, 'PolicyRule:');
    const heads = ['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs'];
    const rows = compactRules((object.rules as Rule[] | null) ?? []).map((rule) => [
      resourceText(rule),
      goText(rule.nonResourceURLs ?? []),
      goText(rule.resourceNames ?? []),
      goText(rule.verbs),
    ]);
    columns(
      sheet,
      1,
      heads,
      heads.map((head) => '-'.repeat(head.length)),
      rows,
    );
  },
};

interface Binding extends KubeObject {
  roleRef: { kind: string; name: string };
  subjects?: { kind: string; name: string; namespace?: string }[];
}

export const binding: Describer<Binding> = {
  eventKind: 'no events',
  describe: (sheet, object) => {
    heading(sheet, object, false);
    sheet.line(0, 'Role:');
    sheet.line(1, `Kind:\t${object.roleRef.kind}`);
    sheet.line(1, `Name:\t${object.roleRef.name}`);
    sheet.line(0, 'Subjects:');
    const rows = (object.subjects ?? []).map(({ kind, name, namespace = '' }) => [kind, name, namespace]);
    columns(sheet, 1, ['Kind', 'Name', 'Namespace'], ['----', '----', '---------'], rows);
  },
};
