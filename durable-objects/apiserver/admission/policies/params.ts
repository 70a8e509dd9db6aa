/** The parameters of a binding (apiserver `pkg/admission/plugin/policy/generic/policy_dispatcher.go` CollectParams). */

import type { ParamRef, PolicySpec } from '../../../../kube/kinds/admissionregistration/policies/match-resources.ts';
import { ownObject, type ServedKind } from '../../../../kube/kinds/registry.ts';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { keyOf, keyPrefix } from '../../../../kube/machinery/resource.ts';
import { type Selector, selectorFromObject } from '../../../../kube/machinery/selectors/labels.ts';
import type { Attributes } from '../attributes.ts';

/** The policy or the binding is not configured so that it could decide. */
export class ConfigurationError extends Error {}

type ParamKind = NonNullable<PolicySpec['paramKind']>;

/** Throws where the kind is not served. */
export function paramKindOf({ apiVersion = '', kind = '' }: ParamKind, { call }: Attributes): ServedKind {
  const served = call.server.kinds.findKind(apiVersion, kind);
  if (served) return served;
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const name = `${group}/${version}, Kind=${kind}`;
  throw new ConfigurationError(`failed to find resource referenced by paramKind: '${name}'`);
}

/** The parameters, for each of which the policy is evaluated; undefined is an evaluation without a parameter. */
export function paramsOf(
  served: ServedKind | undefined,
  reference: ParamRef | undefined,
  attributes: Attributes,
): (KubeObject | undefined)[] {
  if (!served || !reference) return [undefined];
  const { kind } = served;
  let namespace = '';
  if (kind.scope === 'Namespaced') {
    namespace = reference.namespace || attributes.toldNamespace;
    if (namespace === '') {
      throw new ConfigurationError(
        'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources',
      );
    }
  } else if (reference.namespace) {
    throw new ConfigurationError('paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
  }
  const selector = selectorFromObject(reference.selector ?? {});
  const found = reference.name
    ? [attributes.reader.get(keyOf(served.storage, namespace, reference.name))].flatMap((stored) => stored?.text ?? [])
    : selected(served, namespace, selector, attributes);
  const params = found
    .map((text) => read(text, served, attributes))
    .filter(({ metadata }) => reference.name || selector.matches(metadata.labels ?? {}));
  if (params.length === 0 && reference.parameterNotFoundAction === 'Deny') {
    throw new ConfigurationError('no params found for policy binding with `Deny` parameterNotFoundAction');
  }
  return params;
}

function selected(
  { storage, conversion }: ServedKind,
  namespace: string,
  selector: Selector,
  { call, reader }: Attributes,
): string[] {
  const { store, policies } = call.server;
  const prefix = keyPrefix(storage, namespace || undefined);
  // A conversion webhook may change labels.
  if (conversion?.remote) return Array.from(store.scan({ prefix }), ({ text }) => text);
  return policies.paramLabels.selected(prefix, selector, reader);
}

function read(text: string, { kind, conversion }: ServedKind, { call }: Attributes): KubeObject {
  return { ...ownObject(conversion, text, call.answers), apiVersion: kind.apiVersion, kind: kind.kind };
}
