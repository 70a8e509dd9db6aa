/** The table of subresources. A subresource that is in no row is not found, 404. */
import type { KindDescriptor } from '../../../kube/kinds/define.ts';
import { get } from '../verbs/get.ts';
import { patch } from '../verbs/patch.ts';
import { update } from '../verbs/update.ts';
import { binding } from './binding.ts';
import { eviction } from './eviction.ts';
import { finalize } from './finalize.ts';
import { nodeProxy, podProxy, serviceProxy } from './proxy.ts';
import { scale } from './scale.ts';
import { attach, exec, log, portForward } from './streams.ts';
import type { Subresource } from './subresource.ts';
import { token } from './token.ts';

/** The whole object is shown, and the kind's strategy lets a part of it be changed. */
const wholeObject: Subresource = { get, update, patch };

/** By resource and name. `status` and `scale` are in the kinds' descriptors. */
const SUBRESOURCES: Readonly<Record<string, Subresource>> = {
  'pods/attach': attach,
  'pods/binding': binding,
  'pods/ephemeralcontainers': wholeObject,
  'pods/eviction': eviction,
  'pods/exec': exec,
  'pods/log': log,
  'pods/portforward': portForward,
  'pods/proxy': podProxy,
  'pods/resize': wholeObject,
  'services/proxy': serviceProxy,
  'nodes/proxy': nodeProxy,
  'namespaces/finalize': finalize,
  'serviceaccounts/token': token,
  'certificatesigningrequests.certificates.k8s.io/approval': wholeObject,
};

export function findSubresource({ resource, subresources }: KindDescriptor, name: string): Subresource | undefined {
  if (name === 'status') return subresources.status ? wholeObject : undefined;
  if (name === 'scale') return subresources.scale ? scale : undefined;
  return SUBRESOURCES[`${resource}/${name}`];
}
