/**
 * Counts of admission (apiserver `pkg/admission/metrics/metrics.go`). Plugins that decide from the store take no time by
 * the clock, which stands still while the object computes; webhooks take theirs.
 */
import type { Histogram, Registry } from '../../../kube/metrics/registry.ts';
import type { Attributes, Operation } from '../admission/attributes.ts';

export type Step = 'admit' | 'validate';

const PLUGIN_SECONDS = 'apiserver_admission_controller_admission_duration_seconds';
const STEP_SECONDS = 'apiserver_admission_step_admission_duration_seconds';

/** The operations that upstream's plugins handle, where they are fewer than all of a step's. */
const HANDLED: Readonly<Record<string, string>> = {
  CertificateApproval: 'UPDATE',
  CertificateSigning: 'UPDATE',
  CertificateSubjectRestriction: 'CREATE',
  DefaultIngressClass: 'CREATE',
  DefaultStorageClass: 'CREATE',
  DefaultTolerationSeconds: 'CREATE UPDATE',
  LimitRanger: 'CREATE UPDATE',
  PersistentVolumeClaimResize: 'UPDATE',
  PodSecurity: 'CREATE UPDATE',
  PodTopologyLabels: 'CREATE',
  Priority: 'CREATE UPDATE DELETE',
  ResourceQuota: 'CREATE UPDATE',
  RuntimeClass: 'CREATE',
  ServiceAccount: 'CREATE UPDATE',
  StorageObjectInUseProtection: 'CREATE',
  TaintNodesByCondition: 'CREATE',
};

/** The histograms of one operation's step: of it as a whole, and of its plugins. */
interface Counted {
  generation: number;
  whole: Histogram;
  plugins: readonly (Histogram | undefined)[];
  /** The number of passes of all plugins, which are put into the histograms when those are read. */
  passed: number;
}

export class AdmissionMetrics {
  readonly #registry: Registry;
  readonly #counted = new Map<string, Counted>();

  constructor(registry: Registry) {
    this.#registry = registry;
    registry.onRead(() => this.#tell());
  }

  /** Plugins were asked, in the order of `names`; the one at `refusing` refused, none where it is undefined. */
  asked(step: Step, operation: Operation, names: readonly string[], refusing?: number): void {
    const { generation } = this.#registry;
    const id = `${step} ${operation}`;
    let counted = this.#counted.get(id);
    if (counted?.generation !== generation) {
      counted = this.#make(step, operation, names);
      this.#counted.set(id, counted);
    }
    if (refusing === undefined) {
      counted.passed++;
      return;
    }
    for (let i = 0; i < refusing; i++) counted.plugins[i]?.observe(0);
    this.refused(step, operation, names[refusing] as string, 0);
  }

  #tell(): undefined {
    for (const counted of this.#counted.values()) {
      const { whole, plugins, passed } = counted;
      counted.passed = 0;
      for (const histogram of [whole, ...plugins]) histogram?.observe(0, passed);
    }
  }

  #make(step: Step, operation: Operation, names: readonly string[]): Counted {
    const registry = this.#registry;
    return {
      generation: registry.generation,
      passed: 0,
      whole: registry.histogram(STEP_SECONDS, operation, 'false', step),
      plugins: names.map((name) => {
        if (HANDLED[name]?.split(' ').includes(operation) === false) return undefined;
        return registry.histogram(PLUGIN_SECONDS, name, operation, 'false', step);
      }),
    };
  }

  refused(step: Step, operation: Operation, name: string, milliseconds: number): void {
    this.#registry.observe(PLUGIN_SECONDS, milliseconds / 1000, name, operation, 'true', step);
    this.#registry.observe(STEP_SECONDS, milliseconds / 1000, operation, 'true', step);
  }

  /** Waits for a plugin that asks others. */
  async askedRemote(step: Step, name: string, attributes: Attributes, ask: () => Promise<void>): Promise<void> {
    const { call, operation } = attributes;
    const { now } = call.server.clock;
    const begun = now();
    try {
      await ask();
      this.#registry.observe(PLUGIN_SECONDS, (now() - begun) / 1000, name, operation, 'false', step);
    } catch (error) {
      this.refused(step, operation, name, now() - begun);
      throw error;
    } finally {
      call.waits.milliseconds += now() - begun;
    }
  }

  /** A webhook was asked. */
  webhook({ name, step, operation, milliseconds, ...outcome }: WebhookCall): void {
    const registry = this.#registry;
    const rejected = String(outcome.type !== 'allowed' && outcome.type !== 'ignored');
    const code = String(Math.min(600, outcome.code));
    registry.observe(
      'apiserver_admission_webhook_admission_duration_seconds',
      milliseconds / 1000,
      name,
      operation,
      rejected,
      step,
    );
    registry.count('apiserver_admission_webhook_request_total', code, name, operation, rejected, step);
    if (outcome.type === 'ignored') registry.count('apiserver_admission_webhook_fail_open_count', name, step);
    if (outcome.type === 'allowed' || outcome.type === 'ignored') return;
    const errorType = outcome.type === 'denied' ? 'no_error' : outcome.type;
    registry.count('apiserver_admission_webhook_rejection_count', errorType, name, operation, code, step);
  }
}

export interface WebhookCall {
  name: string;
  step: Step;
  operation: Operation;
  milliseconds: number;
  /** `ignored`: it could not be asked, and its policy is to ignore that. */
  type: 'allowed' | 'denied' | 'ignored' | 'calling_webhook_error';
  code: number;
}
