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
import type { Store } from '../../../store/store.ts';

export interface Hook {
  webhook: Webhook;
  configuration: string;
  /** Tells the hook from all others, also of the same name. */
  id: string;
  namespaceSelector: Selector;
  objectSelector: Selector;
  conditions: readonly Compiled[];
}

export type HookStore = Pick<Store, 'scan' | 'onCommit'>;

export class Hooks {
  readonly #store: HookStore;
  readonly #prefix: string;
  #hooks: readonly Hook[] | undefined;

  constructor(store: HookStore, resource: GroupResource) {
    this.#store = store;
    this.#prefix = keyPrefix(resource);
    store.onCommit((entries) => {
      if (this.#hooks && entries.some(({ key }) => key.startsWith(this.#prefix))) this.#hooks = undefined;
    });
  }

  all(): readonly Hook[] {
    this.#hooks ??= Array.from(this.#store.scan({ prefix: this.#prefix }), ({ text }) =>
      hooksOf(JSON.parse(text) as MutatingWebhookConfiguration),
    ).flat();
    return this.#hooks;
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
