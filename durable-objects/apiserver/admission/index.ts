/**
 * The plugins, in upstream's order (`pkg/kubeapiserver/options/plugins.go`), and how they are asked. Of those that are on
 * by default these have nothing to do here: ClusterTrustBundleAttest, PodGroupProtection, PodGroupWorkloadExists and
 * JobValidation look after kinds or fields that no gate of 1.36 opens by default.
 */

import { DEFINITION_FINALIZER } from '../../../kube/kinds/apiextensions/types.ts';
import { ConversionNeeded } from '../../../kube/kinds/custom/conversion-webhook.ts';
import type { GroupResource } from '../../../kube/machinery/resource.ts';
import type { Call } from '../call.ts';
import { converting } from '../conversion/converting.ts';
import type { AdmissionMetrics, Step } from '../metrics/admission-metrics.ts';
import type { Attributes, Operation } from './attributes.ts';
import { certificateApproval } from './certificates/approval.ts';
import { certificateRequestSignature } from './certificates/request-signature.ts';
import { certificateSigning } from './certificates/signing.ts';
import { certificateSubjectRestriction } from './certificates/subject-restriction.ts';
import { defaultIngressClass } from './default-ingress-class.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { limitRanger } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { nodeRestriction } from './node-restriction/node-restriction.ts';
import { replaceObject } from './patched-object.ts';
import type { Admission, Plugin, RemotePlugin } from './plugin.ts';
import { nodeDeclaredFeatureValidator, podResizeValidator } from './pod-resize.ts';
import { podSecurity } from './pod-security/pod-security.ts';
import { podTopologyLabels } from './pod-topology-labels.ts';
import { mutatingAdmissionPolicy } from './policies/mutating.ts';
import { validatingAdmissionPolicy } from './policies/validating.ts';
import { priority } from './priority.ts';
import { isSecondRoundDue } from './reinvocation.ts';
import { resourceQuota } from './resource-quota.ts';
import { runtimeClass } from './runtime-class.ts';
import { serviceAccount } from './service-account/service-account.ts';
import { persistentVolumeClaimResize } from './storage/claim-resize.ts';
import { defaultStorageClass } from './storage/default-storage-class.ts';
import { storageObjectInUseProtection } from './storage/object-in-use.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition.ts';

const PLUGINS: readonly Plugin[] = [
  namespaceLifecycle,
  limitRanger,
  serviceAccount,
  nodeRestriction,
  taintNodesByCondition,
  podSecurity,
  priority,
  defaultTolerationSeconds,
  defaultStorageClass,
  storageObjectInUseProtection,
  persistentVolumeClaimResize,
  runtimeClass,
  certificateApproval,
  certificateSigning,
  certificateRequestSignature,
  certificateSubjectRestriction,
  defaultIngressClass,
  podTopologyLabels,
  nodeDeclaredFeatureValidator,
  podResizeValidator,
  mutatingAdmissionPolicy,
  validatingAdmissionPolicy,
  resourceQuota,
];

const MUTATING = PLUGINS.filter(({ mutate }) => mutate);
const VALIDATING = PLUGINS.filter(({ validate }) => validate);
const NAMES: Readonly<Record<Step, readonly string[]>> = {
  admit: MUTATING.map(({ name }) => name),
  validate: VALIDATING.map(({ name }) => name),
};

/** A plugin's function in a step, called without a `this`. */
interface Part {
  ask(attributes: Attributes): void;
  /** The index of its plugin's name in {@link NAMES}. */
  place: number;
}

/** The plugins' functions that a write of one resource passes. */
interface Asked {
  prepare: readonly NonNullable<Plugin['prepare']>[];
  admit: readonly Part[];
  validate: readonly Part[];
}

/** `resource`: undefined for the resources that no plugin names. */
function askedOf(resource?: GroupResource): Asked {
  const looksAt = ({ resources }: Plugin): boolean =>
    resources === undefined || (resource !== undefined && resources.includes(resource));
  const parts = (plugins: readonly Plugin[], step: 'mutate' | 'validate'): Part[] =>
    plugins.flatMap((plugin, place) => {
      const ask = plugin[step];
      return ask && looksAt(plugin) ? [{ ask, place }] : [];
    });
  return {
    prepare: PLUGINS.flatMap((plugin) => (plugin.prepare && looksAt(plugin) ? [plugin.prepare] : [])),
    admit: parts(MUTATING, 'mutate'),
    validate: parts(VALIDATING, 'validate'),
  };
}

const NAMED: ReadonlyMap<GroupResource, Asked> = new Map(
  PLUGINS.flatMap(({ resources = [] }) => resources.map((resource) => [resource, askedOf(resource)] as const)),
);
const OF_OTHERS = askedOf();
const askedFor = ({ call }: Attributes): Asked => NAMED.get(call.kind.resource) ?? OF_OTHERS;

const NONE: readonly RemotePlugin[] = [];

/** The request leaves the name to the server, which has generated it before plugins are asked. */
function isToBeNamed({ operation, name, object }: Attributes): boolean {
  return operation === 'CREATE' && name === '' && object?.metadata.generateName !== undefined;
}

/**
 * The objects of a definition that is deleted: upstream deletes them in the storage itself (`ValidateAllObjectFunc`), so
 * that no webhook of a program that has gone, and no policy, keeps its kind.
 */
function isCleanup({ kind, request: { cause } }: Call): boolean {
  return kind.custom !== undefined && cause?.kind === 'controller' && cause.name === DEFINITION_FINALIZER;
}

export class AdmissionChain implements Admission {
  readonly #remote: readonly RemotePlugin[];
  readonly #metrics: AdmissionMetrics;

  constructor(metrics: AdmissionMetrics, remote: readonly RemotePlugin[] = NONE) {
    this.#remote = remote;
    this.#metrics = metrics;
  }

  remotePlugins(call: Call, operations: readonly Operation[]): readonly RemotePlugin[] {
    if (this.#remote.length === 0) return NONE;
    // Requests wait for the objects that a cluster begins with, which must wait for nothing outside.
    const { cause } = call.request;
    if ((cause?.kind === 'system' && cause.why === 'bootstrap') || isCleanup(call)) return NONE;
    return this.#remote.filter((plugin) => operations.some((operation) => plugin.matches(call, operation)));
  }

  async prepare(attributes: Attributes): Promise<void> {
    for (const prepare of askedFor(attributes).prepare) {
      const waiting = prepare(attributes);
      if (waiting) await waiting;
    }
  }

  mutate(attributes: Attributes): void {
    attributes.isNamed = !isToBeNamed(attributes);
    this.#ask('admit', attributes);
    if (isSecondRoundDue(attributes)) this.#ask('admit', attributes);
  }

  validate(attributes: Attributes): void {
    attributes.isNamed = true;
    if (isCleanup(attributes.call)) return;
    this.#ask('validate', attributes);
  }

  #ask(step: Step, attributes: Attributes): void {
    let asked = 0;
    try {
      for (const { ask, place } of askedFor(attributes)[step]) {
        asked = place;
        ask(attributes);
      }
    } catch (error) {
      this.#refused(step, attributes, asked, error);
    }
    this.#metrics.asked(step, attributes.operation, NAMES[step]);
  }

  /** Throws the error. Work that needs a converted object first has not been refused. */
  #refused(step: Step, { operation }: Attributes, asked: number, error: unknown): never {
    if (!(error instanceof ConversionNeeded)) this.#metrics.asked(step, operation, NAMES[step], asked);
    throw error;
  }

  async mutateWith(attributes: Attributes, remote: readonly RemotePlugin[]): Promise<void> {
    attributes.isNamed = !isToBeNamed(attributes);
    do {
      await this.#mutateConverting(attributes);
      for (const plugin of remote) {
        const { mutate, name } = plugin;
        if (mutate) await this.#metrics.askedRemote('admit', name, attributes, () => mutate.call(plugin, attributes));
      }
    } while (isSecondRoundDue(attributes));
  }

  async #mutateConverting(attributes: Attributes): Promise<void> {
    let asked = 0;
    try {
      for (const plugin of MUTATING) {
        await mutateConverting(plugin, attributes);
        asked++;
      }
    } catch (error) {
      this.#refused('admit', attributes, asked, error);
    }
    this.#metrics.asked('admit', attributes.operation, NAMES.admit);
  }

  async validateRemote(attributes: Attributes, remote: readonly RemotePlugin[]): Promise<void> {
    for (const plugin of remote) {
      const { validate, name } = plugin;
      if (validate) {
        await this.#metrics.askedRemote('validate', name, attributes, () => validate.call(plugin, attributes));
      }
    }
  }

  async validateConverting(attributes: Attributes): Promise<void> {
    await converting(attributes.call, () => this.validate(attributes));
  }

  recheck(attributes: Attributes): void {
    namespaceLifecycle.mutate?.(attributes);
  }

  async admit(attributes: Attributes, check = (): void => {}): Promise<void> {
    const { call, operation } = attributes;
    const remote = this.remotePlugins(call, [operation]);
    await this.mutateWith(attributes, remote);
    check();
    await this.validateConverting(attributes);
    await this.validateRemote(attributes, remote);
  }
}

/** A plugin that needs a converted object begins anew, with the object as it was. */
function mutateConverting(plugin: Plugin, attributes: Attributes): void | Promise<void> {
  const { call, object } = attributes;
  if (!plugin.mutate) return undefined;
  const before = call.conversion?.remote && object && structuredClone(object);
  return converting(call, () => {
    if (before) replaceObject(object, structuredClone(before));
    plugin.mutate?.(attributes);
  });
}
