/** The request, as admission plugins see it (apiserver `pkg/admission/attributes.go`, `interfaces.go`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Measured } from '../../../kube/quota/quota.ts';
import type { StoreReader } from '../../store/store.ts';
import { type Call, namespaceOf } from '../call.ts';
import type { UserInfo } from '../request.ts';
import { type DeleteOptions, optionsObject, type WriteOptions } from '../write/options.ts';
import type { Reinvocation } from './reinvocation.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

export interface GroupVersionKind {
  group: string;
  version: string;
  kind: string;
}

export interface GroupVersionResource {
  group: string;
  version: string;
  resource: string;
}

export interface AttributesInit {
  operation: Operation;
  /** The object's name where the request names another one, or none. */
  name?: string;
  namespace?: string;
  object?: KubeObject;
  oldObject?: KubeObject;
  /**
   * The kind of `object`, where it is not the resource's: Scale, Binding, Eviction or PodExecOptions of a subresource.
   */
  kind?: GroupVersionKind;
  options?: WriteOptions | DeleteOptions;
  reader?: StoreReader;
}

export class Attributes {
  readonly call: Call;
  readonly operation: Operation;
  readonly namespace: string;
  /** '' for a create that leaves the name to the server. */
  readonly name: string;
  /** The object to be stored, or the body of the subresource; mutating plugins may change it. undefined for DELETE. */
  readonly object: KubeObject | undefined;
  /** The stored object; for UPDATE and DELETE. Never changed. */
  readonly oldObject: KubeObject | undefined;
  /** A reader that, inside a commit, sees the writes that commit together with this one. */
  reader: StoreReader;
  /** Plugins that mutate are asked before a name is generated, and do not tell of one. */
  isNamed = true;
  /** For the audit, by key. */
  annotations?: Record<string, string>;
  /** Code units of them. */
  annotated = 0;
  /** What plugins changed in `object`, by their names (`changed.ts`). */
  changed?: Record<string, string[]>;
  /** Made by the first plugin that may want a second round. */
  reinvocation?: Reinvocation;
  /** Characters of the copies of `object` that were made for the cluster's mutating policies. */
  copied = 0;
  /** The usage that `object` counts for in quotas; undefined until it is asked for. */
  measured?: Measured;
  readonly #kind: GroupVersionKind | undefined;
  readonly #options: WriteOptions | DeleteOptions | undefined;

  constructor(call: Call, { operation, name, namespace, object, oldObject, kind, options, reader }: AttributesInit) {
    this.call = call;
    this.operation = operation;
    this.namespace = namespace ?? namespaceOf(call);
    this.name = name ?? call.info.name;
    this.object = object;
    this.oldObject = oldObject;
    this.reader = reader ?? call.server.store;
    this.#kind = kind;
    this.#options = options;
  }

  /** The name as plugins are told it: those that validate know one that was generated, too. */
  get toldName(): string {
    const isTold = this.isNamed && this.operation === 'CREATE' && this.subresource === '';
    return this.name || (isTold && this.object?.metadata?.name) || '';
  }

  /** The namespace as plugins are told it: a request for a namespace lies in that. */
  get toldNamespace(): string {
    return this.namespace || (this.call.kind.resource === 'namespaces' ? this.call.info.name : '');
  }

  get kind(): GroupVersionKind {
    if (this.#kind) return this.#kind;
    const { group, version, kind } = this.call.kind;
    return { group, version, kind };
  }

  get resource(): GroupVersionResource {
    const { group, version, plural } = this.call.kind;
    return { group, version, resource: plural };
  }

  get subresource(): string {
    return this.call.info.subresource;
  }

  /** The kind of the request, before it was taken for an equivalent one: every version is asked for as it is. */
  get requestKind(): GroupVersionKind {
    return this.kind;
  }

  get requestResource(): GroupVersionResource {
    return this.resource;
  }

  get requestSubResource(): string {
    return this.subresource;
  }

  get userInfo(): UserInfo {
    return this.call.user;
  }

  get dryRun(): boolean {
    return this.#options?.dryRun ?? false;
  }

  /** CreateOptions, UpdateOptions or DeleteOptions; undefined for CONNECT. */
  get operationOptions(): Record<string, unknown> | undefined {
    return this.#options && optionsObject(this.operation, this.#options);
  }
}
