/**
 * The webhooks of the cluster in the order in which they are asked: by the name of their configuration, and within one
 * as they stand. Read when a write first asks for them, and again when a configuration has changed.
 */
import type { Webhook } from '../../../../kube/kinds/admissionregistration/webhooks.ts';
import { type Compiled, PolicyExpressions } from '../../../../kube/machinery/cel/policy/expressions.ts';
import type { GroupResource } from '../../../../kube/machinery/resource.ts';
import { keyPrefix } from '../../../../kube/machinery/resource.ts';
import { type Selector, selectorFromObject } from '../../../../kube/machinery/selectors/labels.ts';
import type { MutatingWebhookConfiguration } from '../../../../kube/types.ts';
import { Derived, type DerivedStore } from '../../derived.ts';

export interface Hook {
  webhook: Webhook;
  configuration: string;
  /** Tells the hook from all others, also of the same name. */
  id: string;
  namespaceSelector: Selector;
  objectSelector: Selector;
  conditions: readonly Compiled[];
}

export class Hooks {
  readonly #hooks: Derived<readonly Hook[]>;

  constructor(store: DerivedStore, resource: GroupResource) {
    this.#hooks = new Derived(store, [keyPrefix(resource)], ([configurations = []]) =>
      (configurations as MutatingWebhookConfiguration[]).flatMap(hooksOf),
    );
  }

  all(): readonly Hook[] {
    return this.#hooks.get();
  }
}

function hooksOf({ metadata, webhooks }: MutatingWebhookConfiguration): Hook[] {
  const configuration = metadata.name ?? '';
  return (webhooks ?? []).map((webhook, index) => ({
    webhook,
    conditions: conditionsOf(webhook),
    configuration,
    id: `${configuration}/${index}/${webhook.name}`,
    // An absent selector selects all; that of an object with neither part, too.
    namespaceSelector: selectorFromObject(webhook.namespaceSelector ?? {}),
    objectSelector: selectorFromObject(webhook.objectSelector ?? {}),
  }));
}

function conditionsOf({ matchConditions = [] }: Webhook): readonly Compiled[] {
  if (matchConditions.length === 0) return [];
  const expressions = new PolicyExpressions({ params: false, variables: false });
  return matchConditions.map(({ expression }) =>
    expressions.compile(expression.trim(), ['bool'], { variables: false }),
  );
}
