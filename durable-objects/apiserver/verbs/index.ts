/** The dispatch of a request for a resource to its verb. */

import { isStream } from '../../../kube/machinery/request/request-info.ts';
import type { Call, VerbAnswer } from '../call.ts';
import { converting } from '../conversion/converting.ts';
import { type ApiError, methodNotAllowed, noPage, noSuchResource, notFound } from '../errors.ts';
import { acceptedBy, respondObject } from '../negotiate/respond.ts';
import { storedOnDemand } from '../on-demand/index.ts';
import type { ApiAnswer } from '../request.ts';
import { bind } from '../subresources/binding.ts';
import { findSubresource } from '../subresources/index.ts';
import { create } from './create.ts';
import { remove } from './delete.ts';
import { removeCollection } from './delete-collection.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import { patch } from './patch.ts';
import { REVIEWS, review } from './reviews.ts';
import { reviewToken } from './token-review.ts';
import { update } from './update.ts';
import { watch } from './watch.ts';

type Verb = (call: Call) => VerbAnswer | Promise<VerbAnswer>;

const VERBS: Readonly<Record<string, Verb>> = {
  get,
  list,
  create,
  update,
  patch,
  delete: remove,
  deletecollection: removeCollection,
};

export async function dispatch(call: Call): Promise<ApiAnswer> {
  const { kind, info, warnings } = call;
  const { verb } = info;
  if (kind.deprecationWarning !== undefined) warnings.push(kind.deprecationWarning);
  checkPath(call);
  if (info.subresource !== '') return subresource(call);
  const isCreate = verb === 'create';
  const isOfOneNamespace = isCreate || verb === 'deletecollection';
  if (isOfOneNamespace && kind.scope === 'Namespaced' && info.namespace === '') {
    throw kind.custom ? noPage() : methodNotAllowed();
  }
  if (call.request.method === 'HEAD') throw methodNotAllowed();
  const needsName = verb === 'update' || verb === 'patch';
  if (!kind.verbs.includes(verb) || (needsName && info.name === '')) throw methodNotAllowed();
  // A format that the client cannot read is an error before anything is written.
  if (verb !== 'watch') acceptedBy(call);
  const made = storedOnDemand(call);
  if (made) await made;
  if (verb === 'watch') return watch(call);
  if (isCreate) {
    if (kind.resource === 'bindings') return respondObject(call, await bind(call));
    if (kind.resource === 'tokenreviews.authentication.k8s.io') return respondObject(call, await reviewToken(call));
    const answer = REVIEWS[kind.resource];
    if (answer) return respondObject(call, review(call, answer));
  }
  checkSupport(call);
  const answer = await (VERBS[verb] ?? refuse)(call);
  return answer.type === 'response' ? answer : converting(call, () => respondObject(call, answer));
}

/** Upstream has no route for an object outside of its scope, nor for what lies deeper than a subresource. */
function checkPath(call: Call): void {
  const { kind, info } = call;
  const { namespace, name, subresource } = info;
  const noRoute = kind.custom ? noPage : noSuchResource;
  if (kind.scope === 'Cluster') {
    // The path of a namespace names it as both.
    const isItself = kind.resource === 'namespaces' && namespace === name;
    if (namespace !== '' && !isItself) throw noRoute();
  } else if (namespace === '' && name !== '' && !info.nameFromSelector) throw noRoute();
  if (info.isDeeper && subresource !== 'proxy') throw noSuchSubresource(call);
}

/** Upstream has one handler for all paths of a custom resource, which says of the object that it is not found. */
function noSuchSubresource({ kind, info }: Call): ApiError {
  return kind.custom ? notFound(kind.resource, info.name) : noSuchResource();
}

async function subresource(call: Call): Promise<ApiAnswer> {
  const { kind, info } = call;
  const found = findSubresource(kind, info.subresource);
  if (!found || info.name === '') throw noSuchSubresource(call);
  const serve = Object.hasOwn(found, info.verb) ? found[info.verb] : undefined;
  if (!serve || (call.request.method === 'HEAD' && info.subresource !== 'proxy')) throw methodNotAllowed();
  if (!isStream(info)) acceptedBy(call);
  checkSupport(call);
  const answer = await serve(call);
  return answer.type === 'object' ? converting(call, () => respondObject(call, answer)) : answer;
}

const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'patch']);

/** Warns of a write of a kind that nothing acts on yet, unless another controller manager may. */
function checkSupport({ kind, info, server, warnings }: Call): void {
  if (kind.support === 'acted-on' || !WRITES.has(info.verb)) return;
  if (server.foreignControllers) return;
  warnings.push(`${kind.resource} are stored, but nothing acts on them yet in this version of Islet`);
}

function refuse(): never {
  throw methodNotAllowed();
}
