/**
 * Whether an aggregated API answers: the condition `Available` of its APIService (kube-aggregator
 * `pkg/controllers/status/remote`). Upstream looks every 30 seconds, for ever; here a controller looks when something has
 * changed and until it is well (`api-service-availability-controller`), and each request for the API may have it looked
 * at again, so that an idle cluster sleeps.
 */

import {
  availability,
  availableCondition,
  type Condition,
  isServedHere,
  localCondition,
  withCondition,
} from '../../../kube/kinds/apiregistration/conditions.ts';
import { API_SERVICES } from '../../../kube/kinds/apiregistration/local.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { Registry } from '../../../kube/metrics/registry.ts';
import type { APIService, EndpointSlice, Service } from '../../../kube/types.ts';
import { type ClientCertificate, type Outbound, OutboundError } from '../outbound.ts';
import { send } from '../own-request.ts';
import type { RequestHandler } from '../request.ts';
import type { Server } from '../server.ts';
import { slicesOf } from '../services/endpoint-resolver.ts';
import { type RemoteService, remoteService } from './remote-services.ts';
import { userHeaders } from './user-headers.ts';

export interface AvailabilityPorts {
  store: Server['store'];
  outbound: Outbound;
  frontProxy?: ClientCertificate;
  metrics?: Registry;
  /** Milliseconds since the epoch. */
  now(): number;
  api: RequestHandler;
  report(error: unknown, about: string): void;
  /** Called with each API that has answered, and the body of its answer: the document of its version. */
  answered(remote: RemoteService, answer: string): Promise<void>;
}

const PATH = '/apis/apiregistration.k8s.io/v1/apiservices';
/** Upstream's resync. */
const STALE_MS = 30_000;
/** While it does not answer, requests have it looked at this often. */
const RETRY_MS = 5000;
const TIMEOUT_MS = 5000;
/** Checks that run at once: the number of upstream's workers (kube-aggregator `pkg/apiserver/apiserver.go`). */
const MAX_RECHECKS = 5;
/** As this user the server itself asks, with every right. */
export const AGGREGATOR = { name: 'system:kube-aggregator', groups: ['system:masters'] };

export class Availability {
  readonly #ports: AvailabilityPorts;
  /** By name: the time of the last check, in milliseconds since the epoch. */
  readonly #looked = new Map<string, number>();
  /** Names of the APIServices that wait to be checked because of a request, in order. */
  readonly #waiting = new Set<string>();
  #rechecks = 0;

  constructor(ports: AvailabilityPorts) {
    this.#ports = ports;
  }

  /** A request is about to go to this API: its availability is checked beside it, if the last check is old. */
  asked({ name, isAvailable }: RemoteService): void {
    const age = this.#ports.now() - (this.#looked.get(name) ?? 0);
    if (age < (isAvailable ? STALE_MS : RETRY_MS)) return;
    this.#waiting.add(name);
    this.#recheckNext();
  }

  #recheckNext(): void {
    const [name] = this.#waiting;
    if (name === undefined || this.#rechecks >= MAX_RECHECKS) return;
    this.#waiting.delete(name);
    this.#rechecks++;
    this.#recheck(name)
      .catch((error) => this.#ports.report(error, `the APIService ${name}`))
      .finally(() => {
        this.#rechecks--;
        this.#recheckNext();
      });
  }

  /** The APIService is gone. */
  forget(name: string): void {
    this.#waiting.delete(name);
    this.#looked.delete(name);
  }

  /** The object with the condition that it should have now; undefined when it has that. */
  async check(object: APIService): Promise<APIService | undefined> {
    const { name = '' } = object.metadata;
    this.#looked.set(name, this.#ports.now());
    const condition = await this.#condition(object);
    const before = availableCondition(object);
    const isSame =
      before?.status === condition.status && before.reason === condition.reason && before.message === condition.message;
    if (before?.status === 'True' && condition.status === 'False') {
      this.#ports.metrics?.count('aggregator_unavailable_apiservice_total', name, condition.reason ?? '');
    }
    return isSame ? undefined : { ...object, status: withCondition(object.status, condition) };
  }

  async #recheck(name: string): Promise<void> {
    const { store, api, now } = this.#ports;
    this.#looked.set(name, now());
    const stored = store.get(keyOf(API_SERVICES, '', name));
    const next = stored && (await this.check(JSON.parse(stored.text) as APIService));
    if (!next) return;
    const cause = { kind: 'system', at: now(), why: 'availability' } as const;
    await send(api, { cause, method: 'PUT', path: `${PATH}/${encodeURIComponent(name)}/status`, body: next });
  }

  async #condition(object: APIService): Promise<Condition> {
    const now = rfc3339(this.#ports.now());
    if (isServedHere(object)) return localCondition(now);
    const [remote] = remoteService(object);
    if (!remote) return localCondition(now);
    const failed = (reason: string, message: string): Condition => availability('False', reason, message, now);
    const { namespace, name, port } = remote.service;
    const quoted = JSON.stringify(namespace);
    const service = this.#read<Service>('services', namespace, name);
    if (!service) return failed('ServiceNotFound', `service/${name} in ${quoted} is not present`);
    if ((service.spec?.type ?? 'ClusterIP') === 'ClusterIP') {
      const found = service.spec?.ports?.find((one) => one.port === port);
      if (!found) return failed('ServicePortError', `service/${name} in ${quoted} is not listening on port ${port}`);
      const portName = found.name ?? '';
      let [hasSlice, hasEndpoint] = [false, false];
      for (const slice of slicesOf(this.#ports.store, namespace, name)) {
        hasSlice = true;
        hasEndpoint = isActive(slice, portName);
        if (hasEndpoint) break;
      }
      if (!hasSlice) {
        return failed('EndpointsNotFound', `cannot find endpointslices for service/${name} in ${quoted}`);
      }
      if (!hasEndpoint) {
        const has = `have no addresses with port name ${JSON.stringify(portName)}`;
        return failed('MissingEndpoints', `endpointslices for service/${name} in ${quoted} ${has}`);
      }
    }
    const problem = await this.#discover(remote);
    if (problem !== undefined) return failed('FailedDiscoveryCheck', problem);
    return availability('True', 'Passed', 'all checks passed', now);
  }

  /**
   * Asks for the document of the version, which every API server serves. Resolves with the problem, undefined for none.
   */
  async #discover(remote: RemoteService): Promise<string | undefined> {
    const { service, group, version } = remote;
    const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    const url = `https://${service.name}.${service.namespace}.svc:${service.port}${path}`;
    try {
      const { status, body } = await this.ask(remote, path, {});
      if (status >= 200 && status < 300) {
        await this.#ports.answered(remote, body);
        return undefined;
      }
      return `failing or missing response from ${url}: bad status from ${url}: ${status}`;
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error;
      return `failing or missing response from ${url}: Get ${JSON.stringify(url)}: ${error.message}`;
    }
  }

  /** Asks as the server itself. Rejects with an OutboundError. */
  async ask(
    { service, caBundle, insecure }: RemoteService,
    path: string,
    headers: Record<string, string>,
    user = AGGREGATOR,
  ): ReturnType<Outbound> {
    const { frontProxy } = this.#ports;
    return this.#ports.outbound({
      to: { service: { ...service, path } },
      ...(caBundle === undefined ? {} : { caBundle }),
      ...(insecure ? { insecure } : {}),
      ...(frontProxy ? { client: frontProxy } : {}),
      method: 'GET',
      headers: { ...headers, ...userHeaders(user) },
      timeoutMs: TIMEOUT_MS,
    });
  }

  #read<T>(resource: string, namespace: string, name: string): T | undefined {
    const stored = this.#ports.store.get(keyOf(resource, namespace, name));
    return stored && (JSON.parse(stored.text) as T);
  }
}

/** `hasAvailableEndpoint` */
function isActive({ endpoints = [], ports = [] }: EndpointSlice, portName: string): boolean {
  const isReady = endpoints.some(({ conditions }) => conditions?.ready ?? true);
  return isReady && ports.some(({ name, port }) => name === portName && port !== undefined);
}
