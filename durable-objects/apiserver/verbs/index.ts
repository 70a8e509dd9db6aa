/** The dispatch of a request for a resource to its verb. */

import { isPathSegmentName } from '../../../kube/machinery/names.ts';
import { isStream } from '../../../kube/machinery/request/request-info.ts';
import type { Call, VerbAnswer } from '../call.ts';
import { converting } from '../conversion/converting.ts';
import {
  type ApiError,
  badRequest,
  isUnknownFormat,
  methodNotAllowed,
  methodNotSupported,
  noPage,
  noSuchResource,
  notFound,
  quote,
} from '../errors.ts';
import { acceptedBy, isReview, respondObject } from '../negotiate/respond.ts';
import { storedOnDemand } from '../on-demand/index.ts';
import type { ApiAnswer } from '../request.ts';
import { bind } from '../subresources/binding.ts';
import { findSubresource } from '../subresources/index.ts';
import { create } from './create.ts';
import { remove } from './delete.ts';
import { removeCollection } from './delete-collection.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import { patch, patchType } from './patch.ts';
import { REVIEWS } from './reviews.ts';
import { reviewToken } from './token-review.ts';
import { update } from './update.ts';
import { watch } from './watch.ts';

type Answer = VerbAnswer | ApiAnswer;
type Verb = (call: Call) => Answer | Promise<Answer>;

const VERBS: Readonly<Record<string, Verb>> = {
  get,
  list,
  create,
  update,
  patch,
  delete: remove,
  deletecollection: removeCollection,
  watch,
};

/** By resource: what a create does of which nothing is stored. */
const UNSTORED: Readonly<Record<string, Verb>> = {
  bindings: bind,
  'tokenreviews.authentication.k8s.io': reviewToken,
  ...REVIEWS,
};

export async function dispatch(call: Call): Promise<ApiAnswer> {
  const { kind, info } = call;
  const { verb } = info;
  checkPath(call);
  // Upstream's handler of custom resources warns before it looks for a route; built-in kinds warn in their routes.
  if (kind.custom) warnOfVersion(call);
  if (info.subresource !== '') return subresource(call);
  checkMethod(call);
  // Upstream's router looks at the patch's type before it looks at what is accepted.
  if (verb === 'patch') patchType(call);
  // A format that the client cannot read is an error before anything is written.
  checkAccepted(call);
  const made = call.request.at === undefined ? storedOnDemand(call) : undefined;
  if (made) await made;
  checkSupport(call);
  const serve = (verb === 'create' ? UNSTORED[kind.resource] : undefined) ?? VERBS[verb] ?? refuse;
  const answering = serve(call);
  const answer = answering instanceof Promise ? await answering : answering;
  if (answer.type !== 'object') return answer;
  return call.conversion ? converting(call, () => respondObject(call, answer)) : respondObject(call, answer);
}

function warnOfVersion({ kind, warnings }: Call): void {
  if (kind.deprecationWarning !== undefined) warnings.push(kind.deprecationWarning);
}

/** Upstream's router refuses formats; the route, which warns of its version, refuses shapes. */
function checkAccepted(call: Call): void {
  try {
    acceptedBy(call, false);
  } catch (error) {
    if (!call.kind.custom && !isUnknownFormat(error)) warnOfVersion(call);
    throw error;
  }
  if (!call.kind.custom) warnOfVersion(call);
}

/** Upstream has routes for what built-in kinds can, and one handler for every request about custom resources. */
function checkMethod(call: Call): void {
  const { kind, info, request } = call;
  const { verb, name } = info;
  const isOfOneNamespace = verb === 'create' || verb === 'deletecollection';
  const lacksName = (verb === 'update' || verb === 'patch') && name === '';
  if (kind.custom) {
    if (!kind.verbs.includes(verb)) throw methodNotSupported(kind.resource, verb);
    // The handler of a patch looks at its type before its name.
    if (verb === 'patch') patchType(call);
    if (lacksName) throw badRequest('name must be provided');
  } else if (
    (verb === 'create' && name !== '') ||
    (isOfOneNamespace && isNowhere(call)) ||
    lacksName ||
    request.method === 'HEAD' ||
    !kind.verbs.includes(verb)
  ) {
    throw methodNotAllowed();
  }
}

/** The path of a namespaced kind names no namespace. */
function isNowhere({ kind, info }: Call): boolean {
  return kind.scope === 'Namespaced' && info.namespace === '';
}

/**
 * Upstream has no route for an object outside of its scope, nor for what lies deeper than a subresource; the handler of
 * custom resources looks no further than at the subresource.
 */
function checkPath(call: Call): void {
  const { kind, info } = call;
  const { namespace, name, subresource } = info;
  const noRoute = kind.custom ? noPage : noSuchResource;
  if (kind.scope === 'Cluster') {
    // The path of a namespace names it as both.
    const isItself = kind.resource === 'namespaces' && namespace === name;
    if (namespace !== '' && !isItself) throw noRoute();
    if (name !== '' && isReview(kind)) throw noRoute();
  } else if (isReview(kind)) {
    if (name !== '' || namespace === '') throw noRoute();
  } else if (namespace === '') {
    const isOfAll = info.verb === 'list' || info.verb === 'watch';
    if ((name !== '' && !info.nameFromSelector) || (kind.custom && !isOfAll)) throw noRoute();
  }
  if (info.isDeeper && subresource !== 'proxy' && !kind.custom) throw noSuchResource();
  // Upstream's store makes keys of names so (`registry/generic/registry/store.go` NamespaceKeyFunc).
  const problems = info.nameFromSelector ? [] : isPathSegmentName(name);
  if (problems.length > 0) throw badRequest(`Name parameter invalid: ${quote(name)}: ${problems.join(';')}`);
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
  if (!serve && kind.custom) throw methodNotSupported(kind.resource, info.verb);
  const isHead = call.request.method === 'HEAD' && info.subresource !== 'proxy' && !kind.custom;
  if (!serve || isHead) throw methodNotAllowed();
  if (!isStream(info)) {
    if (info.verb === 'patch') patchType(call);
    checkAccepted(call);
  }
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
