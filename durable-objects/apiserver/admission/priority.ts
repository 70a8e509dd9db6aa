/**
 * Pods get a number for their priority class, and one class at most is for pods that name none (upstream
 * `plugin/pkg/admission/priority`).
 */
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { Pod } from '../../../kube/types.ts';
import type { StoreReader } from '../../store/store.ts';
import { changed } from './changed.ts';
import { type Plugin, refuse } from './plugin.ts';

interface PriorityClass {
  value?: number;
  globalDefault?: boolean;
  preemptionPolicy?: string;
  metadata: { name?: string };
}

const CLASSES = 'priorityclasses.scheduling.k8s.io';

/** The class of pods that name none, kept until any class changes: every new pod asks for it. */
export class DefaultPriorityClass {
  #known: PriorityClass | undefined;
  #changes = -1;

  get(reader: StoreReader): PriorityClass | undefined {
    const changes = reader.changes(CLASSES);
    if (changes !== this.#changes) {
      this.#known = globalDefault(reader.list({ prefix: `${CLASSES}/` }).items);
      this.#changes = changes;
    }
    return this.#known;
  }
}

export const priority: Plugin = {
  name: 'Priority',
  resources: ['pods', CLASSES],
  mutate(attributes) {
    const { call, operation, subresource, object, oldObject: old, reader } = attributes;
    if (call.kind.resource !== 'pods' || subresource !== '' || operation === 'DELETE') return;
    const spec = (object as unknown as Pod).spec;
    if (!spec) return;
    if (operation === 'UPDATE') {
      const before = (old as unknown as Pod).spec;
      spec.priority ??= before?.priority;
      spec.preemptionPolicy ??= before?.preemptionPolicy;
      return;
    }
    const given = spec.priority;
    let found: PriorityClass | undefined;
    if (!spec.priorityClassName) {
      found = call.server.defaultPriorityClass.get(reader);
      if (found?.metadata.name) {
        spec.priorityClassName = found.metadata.name;
        changed(attributes, 'Priority', 'spec.priorityClassName');
      }
    } else {
      const name = spec.priorityClassName;
      const stored = reader.get(keyOf(CLASSES, '', name));
      if (stored) found = JSON.parse(stored.text) as PriorityClass;
      else throw refuse(attributes, `no PriorityClass with name ${name} was found`);
    }
    const value = found?.value ?? 0;
    if (given !== undefined && given !== null && given !== value) {
      throw refuse(
        attributes,
        `the integer value of priority (${given}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
      );
    }
    if (spec.priority !== value) changed(attributes, 'Priority', 'spec.priority');
    spec.priority = value;
    const policy = found?.preemptionPolicy ?? 'PreemptLowerPriority';
    if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
      throw refuse(
        attributes,
        `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
      );
    }
    if (spec.preemptionPolicy === undefined) changed(attributes, 'Priority', 'spec.preemptionPolicy');
    spec.preemptionPolicy = policy as typeof spec.preemptionPolicy;
  },
  validate(attributes) {
    const { call, operation, subresource, object, reader } = attributes;
    if (call.kind.resource !== CLASSES || subresource !== '' || operation === 'DELETE') return;
    if (!(object as unknown as PriorityClass).globalDefault) return;
    const name = globalDefault(reader.list({ prefix: `${CLASSES}/` }).items)?.metadata.name;
    if (name === undefined || name === object?.metadata.name) return;
    throw refuse(attributes, `PriorityClass ${name} is already marked as default. Only one default can exist`);
  },
};

function globalDefault(items: readonly { text: string }[]): PriorityClass | undefined {
  const defaults = items
    .filter(({ text }) => text.includes('"globalDefault":true'))
    .map(({ text }) => JSON.parse(text) as PriorityClass)
    .filter((one) => one.globalDefault);
  // Several classes can be the default for a moment: the lowest value counts.
  return defaults.sort((a, b) => (a.value ?? 0) - (b.value ?? 0))[0];
}
