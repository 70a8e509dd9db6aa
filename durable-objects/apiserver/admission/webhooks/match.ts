/** Whether a webhook is asked about a request (apiserver `pkg/admission/plugin/webhook/{generic,predicates}`). */
import type { RuleWithOperations } from '../../../../kube/kinds/admissionregistration/rule-validation.ts';
import type { KindDescriptor } from '../../../../kube/kinds/define.ts';
import type { ServedKind } from '../../../../kube/kinds/registry.ts';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { keyOf } from '../../../../kube/machinery/resource.ts';
import type { Call } from '../../call.ts';
import { notFound } from '../../errors.ts';
import type { Attributes, GroupVersionResource, Operation } from '../attributes.ts';
import type { Hook } from './configuration.ts';

/** The version in which a webhook is asked about the object. */
/** The parts of a webhook or policy that decide whether it is for a request. */
export type Matcher = Pick<Hook, 'namespaceSelector' | 'objectSelector'> & {
  webhook: Pick<Hook['webhook'], 'rules' | 'matchPolicy'>;
};

export interface Invocation<H extends Matcher = Hook> {
  hook: H;
  /** The kind of the request itself, or an equivalent one that a rule names. */
  served: ServedKind;
}

interface Subject extends GroupVersionResource {
  subresource: string;
  namespace: string;
  operation: Operation;
}

const CONFIGURATION = 'admissionregistration.k8s.io';

/** Configurations of admission are admitted without asking: a webhook must not be able to keep itself. */
export function isExempt({ kind }: Pick<Call, 'kind'>): boolean {
  return kind.group === CONFIGURATION;
}

/** Whether a rule of the hook names the request, in any version; the cheap part of {@link invocationOf}. */
export function mayMatch({ webhook }: Hook, call: Call, operation: Operation): boolean {
  return servedOf(call, webhook.matchPolicy).some(({ kind }) =>
    (webhook.rules ?? []).some((rule) =>
      matchesRule(rule, {
        group: kind.group,
        version: kind.version,
        resource: kind.plural,
        subresource: call.info.subresource,
        namespace: call.info.namespace,
        operation,
      }),
    ),
  );
}

/** undefined: the webhook is not asked. Throws 404 when the namespace whose labels are to be selected by is not there. */
export function invocationOf<H extends Matcher>(hook: H, attributes: Attributes): Invocation<H> | undefined {
  const { call, operation, namespace, subresource } = attributes;
  const served = servedOf(call, hook.webhook.matchPolicy).find(({ kind }) =>
    (hook.webhook.rules ?? []).some((rule) =>
      matchesRule(rule, {
        group: kind.group,
        version: kind.version,
        resource: kind.plural,
        subresource,
        namespace,
        operation,
      }),
    ),
  );
  if (!served || !matchesObject(hook, attributes) || !matchesNamespace(hook, attributes)) return undefined;
  return { hook, served };
}

/** The request's own kind first, then those under which the same objects are served, where any of them will do. */
function servedOf(call: Call, matchPolicy: string | undefined): readonly ServedKind[] {
  const { kind, storage, conversion } = call;
  return matchPolicy === 'Equivalent' ? equivalentsOf(call) : [{ kind, storage, conversion }];
}

/** By the kinds of a cluster, of which there is another list after each change. */
const equivalents = new WeakMap<readonly KindDescriptor[], Map<KindDescriptor, readonly ServedKind[]>>();

function equivalentsOf({ kind, storage, conversion, server }: Call): readonly ServedKind[] {
  const { kinds } = server.kinds;
  const known = equivalents.get(kinds) ?? new Map<KindDescriptor, readonly ServedKind[]>();
  equivalents.set(kinds, known);
  let found = known.get(kind);
  if (!found) {
    const others = kinds.filter((other) => other !== kind && (other.storedAs?.resource ?? other.resource) === storage);
    found = [
      { kind, storage, conversion },
      ...others.flatMap((other) => server.kinds.findResource(other.group, other.version, other.plural) ?? []),
    ];
    known.set(kind, found);
  }
  return found;
}

export function matchesRule(rule: RuleWithOperations, subject: Subject): boolean {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope = '*' } = rule;
  return (
    isIn(operations, subject.operation) &&
    isIn(apiGroups, subject.group) &&
    isIn(apiVersions, subject.version) &&
    resources.some((text) => isResource(text, subject)) &&
    isScope(scope, subject)
  );
}

function isIn(names: readonly string[], name: string): boolean {
  return names.includes('*') || names.includes(name);
}

function isResource(text: string, { resource, subresource }: Subject): boolean {
  const slash = text.indexOf('/');
  const [name, sub] = slash < 0 ? [text, ''] : [text.slice(0, slash), text.slice(slash + 1)];
  return (name === '*' || name === resource) && (sub === '*' || sub === subresource);
}

/** The namespace of a request for a Namespace is that namespace, but the object lies in none. */
function isScope(scope: string, { group, resource, namespace }: Subject): boolean {
  if (scope === '*') return true;
  const isNamespaced = !(group === '' && resource === 'namespaces') && namespace !== '';
  return scope === 'Namespaced' ? isNamespaced : scope === 'Cluster' && !isNamespaced;
}

function matchesNamespace({ namespaceSelector }: Matcher, attributes: Attributes): boolean {
  if (namespaceSelector.requirements.length === 0) return true;
  const { call, namespace, object, operation, subresource, reader } = attributes;
  const isNamespace = call.kind.resource === 'namespaces';
  // Objects that lie in no namespace are exempted from no webhook by one.
  if (namespace === '' && !isNamespace) return true;
  if (isNamespace && subresource === '' && (operation === 'CREATE' || operation === 'UPDATE')) {
    return namespaceSelector.matches(object?.metadata?.labels ?? {});
  }
  const name = namespace || attributes.name;
  const stored = reader.get(keyOf('namespaces', '', name));
  if (!stored) throw notFound('namespaces', name);
  return namespaceSelector.matches((JSON.parse(stored.text) as KubeObject).metadata.labels ?? {});
}

/** Either of the objects will do. */
function matchesObject({ objectSelector }: Matcher, { object, oldObject }: Attributes): boolean {
  if (objectSelector.requirements.length === 0) return true;
  return [object, oldObject].some((each) => each?.metadata && objectSelector.matches(each.metadata.labels ?? {}));
}
