/** The request that an action of a Plan is. */
import type { KubeObject, ObjectMeta } from '../../../kube/machinery/object.ts';
import { type Key, keyOf } from '../../../kube/machinery/resource.ts';
import { collectionPath, objectPath, type VersionOf, versionPart } from './paths.ts';
import type { Action, Compound, Question, Target } from './plan.ts';

interface Sent {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  query?: string;
  contentType?: string;
  body: unknown;
}

/** Upstream's controllers all write as one manager, but for those that run in kube-apiserver. */
const MANAGER = 'fieldManager=kube-controller-manager';
const IN_API_SERVER: ReadonlyMap<string, string> = new Map([
  ['apiservices.apiregistration.k8s.io', 'fieldManager=kube-apiserver'],
  ['customresourcedefinitions.apiextensions.k8s.io', 'fieldManager=kube-apiserver'],
  ['flowschemas.flowcontrol.apiserver.k8s.io', 'fieldManager=api-priority-and-fairness-config-consumer-v1'],
]);
const managerOf = (resource: string) => IN_API_SERVER.get(resource) ?? MANAGER;

const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const;

/** An action that is one request. */
export type Request = Exclude<Action, { do: 'event' } | Compound>;

/** The requests of one run: an object's second write carries on from the state that its first write made. */
export class PlanRequests {
  private readonly versionOf: VersionOf;
  /** The metadata each object got from this run. */
  private readonly latest = new Map<Key, ObjectMeta>();

  constructor(versionOf: VersionOf) {
    this.versionOf = versionOf;
  }

  of(action: Request): Sent {
    switch (action.do) {
      case 'create': {
        const { resource, object } = action;
        return {
          method: 'POST',
          path: collectionPath(resource, object.metadata.namespace ?? '', () => versionPart(object.apiVersion)),
          query: MANAGER,
          body: object,
        };
      }
      case 'update':
      case 'update-status': {
        const part = action.do === 'update' ? action.subresource : 'status';
        return {
          method: 'PUT',
          path: this.partOf(action.resource, action.object, part),
          query: managerOf(action.resource),
          body: this.current(action.resource, action.object, action.do === 'update-status'),
        };
      }
      case 'finalize-namespace':
        return {
          method: 'PUT',
          path: `${pathOf('namespaces', action.object)}/finalize`,
          query: MANAGER,
          body: this.current('namespaces', action.object),
        };
      case 'patch': {
        const { resource, namespace, name } = action.target;
        const path = objectPath(resource, namespace, name, this.versionOf);
        return {
          method: 'PATCH',
          path: action.subresource ? `${path}/${action.subresource}` : path,
          query: managerOf(resource),
          contentType: PATCH_TYPES[action.type ?? 'merge'],
          body: this.preconditioned(action),
        };
      }
      case 'apply': {
        const { resource, object, manager, subresource } = action;
        return {
          method: 'PATCH',
          path: `${pathOf(resource, object)}${subresource ? `/${subresource}` : ''}`,
          query: `fieldManager=${manager}&force=true`,
          contentType: 'application/apply-patch+yaml',
          body: object,
        };
      }
      case 'delete': {
        const { resource, namespace, name, uid } = action.target;
        const resourceVersion = action.target.resourceVersion && this.seenVersion(action.target);
        return {
          method: 'DELETE',
          path: objectPath(resource, namespace, name, this.versionOf),
          body: {
            apiVersion: 'v1',
            kind: 'DeleteOptions',
            ...(uid || resourceVersion
              ? { preconditions: { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) } }
              : {}),
            ...(action.propagationPolicy ? { propagationPolicy: action.propagationPolicy } : {}),
            ...(action.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: action.gracePeriodSeconds }),
          },
        };
      }
      case 'delete-collection': {
        const { resource, namespace, version } = action;
        return {
          method: 'DELETE',
          path: collectionPath(resource, namespace, version === undefined ? this.versionOf : () => version),
          body: { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' },
        };
      }
    }
  }

  private partOf(resource: string, object: KubeObject, part: string | undefined): string {
    if (part === undefined) return pathOf(resource, object);
    // A Scale has a version of its own.
    if (part === 'scale') return questionPath({ resource, ...nameOf(object), subresource: part }, this.versionOf);
    return `${pathOf(resource, object)}/${part}`;
  }

  /** Notes the object that an action has made. */
  answered(action: Request, object: unknown): void {
    const metadata = (object as KubeObject | undefined)?.metadata;
    if (action.do === 'delete' || !metadata?.resourceVersion || !metadata.name) return;
    const resource =
      'target' in action ? action.target.resource : 'resource' in action ? action.resource : 'namespaces';
    this.latest.set(keyOf(resource, metadata.namespace ?? '', metadata.name), metadata);
  }

  /** The object as seen, or as this run's own write left it. */
  private current(resource: string, object: KubeObject, status = false): KubeObject {
    const { namespace, name } = object.metadata;
    const latest = this.latest.get(keyOf(resource, namespace ?? '', name ?? ''));
    if (!latest) return object;
    // A status update carries metadata too: what this run wrote there before stays.
    if (status) return { ...object, metadata: latest };
    return { ...object, metadata: { ...object.metadata, resourceVersion: latest.resourceVersion } };
  }

  /** The version the controller saw, or that this run's own write made of it. */
  private seenVersion({ resource, namespace, name, resourceVersion }: Target): string | undefined {
    return this.latest.get(keyOf(resource, namespace, name))?.resourceVersion ?? resourceVersion;
  }

  /** A merge patch carries uid and resourceVersion itself: the API refuses it when they are not current. */
  private preconditioned({ target, patch }: Action & { do: 'patch' }): unknown {
    const latest = this.seenVersion(target);
    if (!target.uid && !latest) return patch;
    const { metadata, ...rest } = patch as { metadata?: object };
    return {
      ...rest,
      metadata: {
        ...metadata,
        ...(target.uid ? { uid: target.uid } : {}),
        ...(latest ? { resourceVersion: latest } : {}),
      },
    };
  }
}

export function questionPath(question: Exclude<Question, { follow: unknown }>, versionOf: VersionOf): string {
  if ('path' in question) return question.path;
  const { resource, namespace, name, subresource } = question;
  const path = objectPath(resource, namespace, name, versionOf);
  return subresource ? `${path}/${subresource}` : path;
}

function nameOf({ metadata: { namespace = '', name = '' } }: KubeObject): { namespace: string; name: string } {
  return { namespace, name };
}

function pathOf(resource: string, { apiVersion, metadata }: KubeObject): string {
  return objectPath(resource, metadata.namespace ?? '', metadata.name ?? '', () => versionPart(apiVersion));
}
