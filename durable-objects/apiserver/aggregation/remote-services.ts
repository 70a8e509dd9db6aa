/** The APIServices that name a Service: by group and version, kept from commits. */
import { availableCondition } from '../../../kube/kinds/apiregistration/conditions.ts';
import { API_SERVICES } from '../../../kube/kinds/apiregistration/local.ts';
import type { RequestInfo } from '../../../kube/machinery/request/request-info.ts';
import { keyPrefix } from '../../../kube/machinery/resource.ts';
import type { APIService } from '../../../kube/types.ts';
import type { DerivedStore } from '../derived.ts';

export interface RemoteService {
  /** `v1.example.dev` */
  name: string;
  group: string;
  version: string;
  service: { namespace: string; name: string; port: number };
  /** PEM. */
  caBundle?: string;
  insecure?: boolean;
  isAvailable: boolean;
  groupPriority: number;
  versionPriority: number;
}

const PREFIX = keyPrefix(API_SERVICES);
/** A quick look, before any parsing. */
const SERVICE_TEXT = '"service":{';
const VERSION_PATH = /^\/apis\/([^/]+)\/([^/]+)\/?$/;
const NONE: readonly RemoteService[] = [];

export class RemoteServices {
  readonly #store: DerivedStore;
  #all: readonly RemoteService[] | undefined;

  constructor(store: DerivedStore) {
    this.#store = store;
    store.onCommit((entries) => {
      if (this.#all && entries.some(({ key }) => key.startsWith(PREFIX))) this.#all = undefined;
    });
  }

  /** The same array until one of them changes. Nearly always empty. */
  get all(): readonly RemoteService[] {
    this.#all ??= this.#read();
    return this.#all;
  }

  find(group: string, version: string): RemoteService | undefined {
    return this.all.find((one) => one.group === group && one.version === version);
  }

  has(name: string): boolean {
    return this.all.some((one) => one.name === name);
  }

  /** The one that answers a request. */
  for(info: RequestInfo): RemoteService | undefined {
    if (this.all.length === 0) return undefined;
    if (info.isResource) return this.find(info.group, info.version);
    const [, group, version] = VERSION_PATH.exec(info.path) ?? [];
    return group !== undefined && version !== undefined ? this.find(group, version) : undefined;
  }

  #read(): readonly RemoteService[] {
    const found: RemoteService[] = [];
    for (const { text } of this.#store.scan({ prefix: PREFIX })) {
      if (text.includes(SERVICE_TEXT)) found.push(...remoteService(JSON.parse(text) as APIService).filter(isOthers));
    }
    return found.length === 0 ? NONE : found;
  }
}

/** Upstream's aggregator answers for its own group before it passes anything on: otherwise no APIService could be mended. */
const isOthers = ({ group }: RemoteService): boolean => group !== 'apiregistration.k8s.io';

/** Empty for an APIService that the server answers for itself. */
export function remoteService({ metadata: { name = '' }, spec, status }: APIService): RemoteService[] {
  const { service, group = '', version = '', caBundle, insecureSkipTLSVerify } = spec ?? {};
  if (!spec || !service) return [];
  return [
    {
      name,
      group,
      version,
      service: { namespace: service.namespace ?? '', name: service.name ?? '', port: service.port ?? 443 },
      ...(caBundle ? { caBundle: atob(caBundle) } : {}),
      ...(insecureSkipTLSVerify ? { insecure: true } : {}),
      isAvailable: availableCondition({ status })?.status === 'True',
      groupPriority: spec.groupPriorityMinimum,
      versionPriority: spec.versionPriority,
    },
  ];
}
