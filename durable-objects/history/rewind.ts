/**
 * Brings the wishes of an earlier revision back, as the user who asks: a request makes so many changes, and the next goes
 * on. What is to be done is found anew each time, so that nothing needs to be remembered between two requests.
 */
import { parseExact } from '../../kube/machinery/exact-json.ts';
import { isObject } from '../../kube/machinery/json-object.ts';
import type { KubeObject, OwnerReference } from '../../kube/machinery/object.ts';
import { keyOf, parseKey } from '../../kube/machinery/resource.ts';
import type { RewindAction, RewindAnswer, RewindRequest } from '../../wire/history.ts';
import { badRequest } from '../apiserver/errors.ts';
import { checkKept } from '../apiserver/past.ts';
import type { RequestHandler, UserInfo } from '../apiserver/request.ts';
import { desiredOf, updated } from './desired.ts';
import type { Scope } from './options.ts';
import { type ObjectRequest, pathOf, refusalOf } from './requests.ts';
import { actionOf, type Planned, type PlanPorts, planRewind } from './rewind-plan.ts';
import type { MayRead } from './rights.ts';

export interface RewindPorts extends PlanPorts {
  api: RequestHandler;
}

const MAX_LIMIT = 200;
/** Requests of one rank that are sent at once, so that they commit together. */
const AT_ONCE = 10;

interface Asked {
  revision: number;
  dryRun: boolean;
  limit: number;
  after: string;
  scope: Scope;
}

/** Throws 400, 410 and 504. */
export async function rewind(
  body: string | undefined,
  user: UserInfo,
  mayRead: MayRead,
  ports: RewindPorts,
): Promise<RewindAnswer> {
  const asked = readAsked(body);
  const { revision, dryRun, after, limit } = asked;
  checkKept(revision, ports.store);
  const planned = (await planRewind(revision, asked.scope, mayRead, ports)).filter(({ place }) => place > after);
  const now = planned.slice(0, limit);
  const items = dryRun ? now.map(told) : await perform(now, revision, user, ports);
  const remaining = planned.length - now.length;
  const position = now.at(-1)?.place;
  return { revision, dryRun, items, remaining, ...(remaining > 0 && { continue: position }) };
}

type Unchecked = Partial<Record<keyof RewindRequest, unknown>>;

function readAsked(body = ''): Asked {
  let read: unknown;
  try {
    read = JSON.parse(body);
  } catch {
    throw badRequest('the body is no JSON');
  }
  if (!isObject(read)) throw badRequest('the body is no JSON object');
  const { revision, dryRun = false, limit = MAX_LIMIT, continue: after = '', ...rest } = read as Unchecked;
  if (!isWhole(revision)) throw badRequest('revision must be the number of a revision');
  if (typeof dryRun !== 'boolean') throw badRequest('dryRun must be true or false');
  if (!isWhole(limit) || limit < 1) throw badRequest('limit must be a whole number from 1 on');
  const [resource, namespace, name] = ['resource', 'namespace', 'name'].map((field) => textIn(rest, field));
  if (name !== undefined && resource === undefined) throw badRequest('an object is named by resource and name');
  const scope = { resource, namespace, name };
  return { revision, dryRun, limit: Math.min(limit, MAX_LIMIT), after: String(after), scope };
}

function textIn(fields: Record<string, unknown>, name: string): string | undefined {
  const value = fields[name];
  if (value !== undefined && typeof value !== 'string') throw badRequest(`${name} must be text`);
  return value;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function told({ key: _, place: __, ...action }: Planned): RewindAction {
  return action;
}

async function perform(planned: readonly Planned[], revision: number, user: UserInfo, ports: RewindPorts) {
  const done: RewindAction[] = [];
  for (let at = 0; at < planned.length; ) {
    const rank = rankIn(planned[at]);
    let end = at + 1;
    while (end < planned.length && end - at < AT_ONCE && rankIn(planned[end]) === rank) end++;
    done.push(...(await Promise.all(planned.slice(at, end).map((each) => performOne(each, revision, user, ports)))));
    at = end;
  }
  return done;
}

function rankIn(planned: Planned | undefined): string {
  return planned?.place.split(' ', 1)[0] ?? '';
}

async function performOne(planned: Planned, revision: number, user: UserInfo, ports: RewindPorts) {
  const action = told(planned);
  const request = requestOf(planned, revision, ports);
  const refusal = request && (await refusalOf(ports.api, user, request));
  if (!refusal) return action;
  const isMadeMeanwhile = refusal.reason === 'AlreadyExists' && !refusal.message?.includes('is being deleted');
  if (isMadeMeanwhile) return performAgain(planned, revision, user, ports);
  return { ...action, error: refusal.message ?? refusal.reason ?? 'refused' };
}

/** A controller was faster, as with the ServiceAccount of a new namespace. */
async function performAgain(planned: Planned, revision: number, user: UserInfo, ports: RewindPorts) {
  const action = told(planned);
  const [then, now] = statesOf(planned, revision, ports);
  const next = actionOf(parseKey(planned.key), then, now);
  if (next?.action !== 'update') return action;
  const request = requestOf({ ...planned, ...next }, revision, ports);
  const refusal = request && (await refusalOf(ports.api, user, request));
  return refusal ? { ...action, error: refusal.message ?? '' } : action;
}

function statesOf({ key }: Planned, revision: number, { store }: RewindPorts) {
  const [then, now] = [store.getAt(key, revision, true), store.get(key)];
  return [then && (parseExact(then.text) as KubeObject), now && (parseExact(now.text) as KubeObject)] as const;
}

/** undefined where the object went meanwhile that was to be deleted. */
function requestOf(planned: Planned, revision: number, ports: RewindPorts): ObjectRequest | undefined {
  const parts = parseKey(planned.key);
  const [then, now] = statesOf(planned, revision, ports);
  const known = then ?? now;
  if (!known) return undefined;
  const kind = ports.kinds.findKind(known.apiVersion, known.kind)?.kind ?? ports.kinds.preferred(parts.resource)!.kind;
  const path = pathOf(kind, parts);
  if (planned.action === 'delete') {
    if (!now) return undefined;
    const preconditions = { uid: now.metadata.uid };
    const body = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background', preconditions };
    return { method: 'DELETE', path: `${path}/${parts.name}`, body };
  }
  if (!then) return undefined;
  if (planned.action === 'update' && now) {
    return { method: 'PUT', path: `${path}/${parts.name}`, body: updated(parts, then, now) };
  }
  const wish = desiredOf(parts, then);
  const ownerReferences = presentOwners(wish.metadata.ownerReferences ?? [], parts.namespace, ports);
  return { method: 'POST', path, body: { ...wish, metadata: { ...wish.metadata, ownerReferences } } };
}

/** Owners have other uids once they were made anew; without one that exists, the object would be collected at once. */
function presentOwners(owners: readonly OwnerReference[], namespace: string, { kinds, store }: RewindPorts) {
  const present = owners.flatMap((owner): OwnerReference[] => {
    const found = kinds.findKind(owner.apiVersion, owner.kind);
    if (!found) return [];
    const { resource, scope } = found.kind;
    const stored = store.get(keyOf(resource, scope === 'Namespaced' ? namespace : '', owner.name));
    const uid = stored && (JSON.parse(stored.text) as KubeObject).metadata.uid;
    return uid ? [{ ...owner, uid }] : [];
  });
  return present.length > 0 ? present : undefined;
}
