/**
 * `/islet/v1/members`, `/islet/v1/links` and `/islet/v1/lesson-progress` beneath a cluster: the people that it is shared
 * with, and how far those have come who have a copy of it.
 */
import { ADMINISTRATOR } from '../../wire/identity.ts';
import { DISPLAY_NAME, isLinkKind, isRole, ROLES, userOf } from '../../wire/sharing.ts';
import type { ApiRequest } from '../apiserver/request.ts';
import type { Sharing } from '../tenancy/sharing/sharing.ts';
import { type Answer, isCount, parse, refuse } from './islet-api.ts';

type Handler = (sharing: Sharing, request: ApiRequest, id: string) => Answer | Promise<Answer>;

const DAY = 24 * 3600;
const MAX_SECONDS = 365 * DAY;
const MAX_USES = 1000;
const MAX_LABEL = 100;
const MAX_STEPS = 1000;
const ROLE_PROBLEM = `role must be ${ROLES.slice(0, -1).join(', ')} or ${ROLES.at(-1)}`;

const HANDLERS: Readonly<Record<string, Handler>> = {
  'GET members': (sharing) => ({ status: 200, body: { items: sharing.members() } }),
  'PUT members/': changeRole,
  'DELETE members/': removeMember,
  'GET links': (sharing) => ({ status: 200, body: { items: sharing.links() } }),
  'POST links': createLink,
  'DELETE links/': revokeLink,
  'POST lesson-progress': reportProgress,
};

const PATH = /^\/islet\/v1\/(members|links|lesson-progress)(?:(\/)([^/]+))?$/;

/** undefined for another path. */
export function sharingRoute(
  method: string,
  path: string,
): ((ports: { sharing: Sharing }, request: ApiRequest) => Answer | Promise<Answer>) | undefined {
  const [, resource = '', slash = '', id = ''] = PATH.exec(path) ?? [];
  const handler = HANDLERS[`${method} ${resource}${slash}`];
  return handler && (({ sharing }, request) => handler(sharing, request, id));
}

async function createLink(sharing: Sharing, { user, body = '' }: ApiRequest): Promise<Answer> {
  const { role, ttlSeconds = 7 * DAY, label = '', maxUses } = parse(body) ?? {};
  if (!isLinkKind(role)) return refuse('BadRequest', `${ROLE_PROBLEM}, or copy`);
  if (!isCount(ttlSeconds, MAX_SECONDS)) {
    return refuse('BadRequest', `ttlSeconds must be a number from 1 to ${MAX_SECONDS}`);
  }
  if (typeof label !== 'string' || label.length > MAX_LABEL) {
    return refuse('BadRequest', `label must be text of at most ${MAX_LABEL} characters`);
  }
  if (maxUses !== undefined && !isCount(maxUses, MAX_USES)) {
    return refuse('BadRequest', `maxUses must be a number from 1 to ${MAX_USES}`);
  }
  const made = await sharing.createLink({ role, seconds: ttlSeconds, label, by: nameOf(user), maxUses });
  return made.ok ? { status: 201, body: made.value } : { status: made.status.code, body: made.status };
}

/** The name that people know the user by; '' for a person without one: the id of an account tells a guest nothing. */
function nameOf({ name, extra }: ApiRequest['user']): string {
  const isPerson = name === ADMINISTRATOR.sub || name.startsWith(userOf(''));
  return extra?.[DISPLAY_NAME]?.[0] ?? (isPerson ? '' : name);
}

function revokeLink(sharing: Sharing, { query }: ApiRequest, id: string): Answer {
  const revoked = sharing.revokeLink(id, new URLSearchParams(query).get('members') === 'true');
  return revoked ? { status: 200, body: revoked } : refuse('NotFound', `links ${JSON.stringify(id)} not found`);
}

/** From the page of a lesson, for the teacher whose link the cluster was copied by. */
async function reportProgress(sharing: Sharing, { user, body = '' }: ApiRequest): Promise<Answer> {
  const { lesson, done, steps } = parse(body) ?? {};
  if (typeof lesson !== 'string' || lesson.length > MAX_LABEL) {
    return refuse('BadRequest', `lesson must be text of at most ${MAX_LABEL} characters`);
  }
  if (!isCount(steps, MAX_STEPS) || !Number.isInteger(done) || (done as number) < 0 || (done as number) > steps) {
    return refuse('BadRequest', `steps must be a number from 1 to ${MAX_STEPS}, and done one from 0 to that`);
  }
  const name = user.extra?.[DISPLAY_NAME]?.[0] ?? '';
  const isReported = await sharing.tellOrigin({ name, lesson, done: done as number, steps });
  return { status: 200, body: { reported: isReported } };
}

function changeRole(sharing: Sharing, { body = '' }: ApiRequest, account: string): Answer {
  const { role } = parse(body) ?? {};
  if (!isRole(role)) return refuse('BadRequest', ROLE_PROBLEM);
  const changed = sharing.changeRole(account, role);
  return changed ? { status: 200, body: changed } : noMember(account);
}

function removeMember(sharing: Sharing, _: ApiRequest, account: string): Answer {
  const removed = sharing.removeMember(account, true);
  return removed ? { status: 200, body: removed } : noMember(account);
}

function noMember(account: string): Answer {
  return refuse('NotFound', `members ${JSON.stringify(account)} not found`);
}
