/** `kubectl --as`: acting for another user (apiserver `pkg/endpoints/filters/impersonation.go`). */
import { IMPERSONATED_EXTRA, readExtra } from '../../wire/impersonation.ts';
import type { Authorizer } from './authz/attributes.ts';
import { forbiddenBy } from './authz/forbidden.ts';
import { badRequest, quote } from './errors.ts';
import type { ApiRequest, UserInfo } from './request.ts';

interface Asked {
  resource: string;
  subresource?: string;
  namespace?: string;
  name: string;
  group?: string;
}

const SERVICE_ACCOUNT = 'system:serviceaccount:';
const AUTHENTICATED = 'system:authenticated';
const UNAUTHENTICATED = 'system:unauthenticated';

/** The user the request is carried out as. Throws 403 where the caller may not act as that user. */
export function impersonate(request: ApiRequest, authorize: Authorizer): UserInfo {
  const name = request.header('impersonate-user');
  const groupHeader = request.header('impersonate-group');
  const uid = request.header('impersonate-uid');
  const extra = readExtra(request.header(IMPERSONATED_EXTRA));
  if (name === undefined) {
    if (groupHeader !== undefined || uid !== undefined || extra !== undefined) {
      const groups = groupHeader === undefined ? undefined : groupsOf(groupHeader);
      const requested = `&user.DefaultInfo{Name:"", UID:${quote(uid ?? '')}, Groups:${goList(groups)}, Extra:${goMap(extra)}}`;
      throw badRequest(`requested ${requested} without impersonating a user name`);
    }
    return request.user;
  }
  const given = groupsOf(groupHeader ?? '');
  const account = serviceAccount(name);
  const asked: Asked[] = [
    account
      ? { resource: 'serviceaccounts', namespace: account.namespace, name: account.name }
      : { resource: 'users', name },
    ...given.map((group) => ({ resource: 'groups', name: group })),
  ];
  if (uid !== undefined) asked.push({ resource: 'uids', name: uid, group: 'authentication.k8s.io' });
  for (const [key, values] of Object.entries(extra ?? {})) {
    for (const value of values) {
      asked.push({ resource: 'userextras', subresource: key, name: value, group: 'authentication.k8s.io' });
    }
  }
  for (const { resource, subresource = '', namespace = '', name: target, group = '' } of asked) {
    const attributes = {
      user: request.user,
      verb: 'impersonate',
      isResource: true,
      group,
      version: 'v1',
      resource,
      subresource,
      namespace,
      name: target,
      path: request.path,
    };
    const decision = authorize(attributes);
    if (!decision.allowed) throw forbiddenBy(attributes, decision.reason);
  }
  const groups = allGroups(name, given, account?.namespace);
  return { name, groups, ...(uid === undefined ? {} : { uid }), ...(extra && { extra }) };
}

/** Named groups take the place of those that a service account has; every user is authenticated, or anonymous. */
function allGroups(name: string, given: readonly string[], accountNamespace: string | undefined): string[] {
  const groups = [...given];
  if (groups.length === 0 && accountNamespace !== undefined) {
    groups.push('system:serviceaccounts', `system:serviceaccounts:${accountNamespace}`);
  }
  const isAnonymous = name === 'system:anonymous';
  if (groups.includes(UNAUTHENTICATED) || (!isAnonymous && groups.includes(AUTHENTICATED))) return groups;
  return [...groups, isAnonymous ? UNAUTHENTICATED : AUTHENTICATED];
}

function serviceAccount(user: string): { namespace: string; name: string } | undefined {
  if (!user.startsWith(SERVICE_ACCOUNT)) return undefined;
  const [namespace, name, more] = user.slice(SERVICE_ACCOUNT.length).split(':');
  return namespace && name && more === undefined ? { namespace, name } : undefined;
}

function groupsOf(header: string): string[] {
  return header
    .split(',')
    .map((group) => group.trim())
    .filter((group) => group !== '');
}

/** As Go's `%#v` prints them. */
function goList(texts: readonly string[] | undefined): string {
  return texts ? `[]string{${texts.map(quote).join(', ')}}` : '[]string(nil)';
}

function goMap(lists: Readonly<Record<string, readonly string[]>> | undefined): string {
  if (!lists) return 'map[string][]string(nil)';
  const entries = Object.entries(lists).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[string][]string{${entries.map(([key, list]) => `${quote(key)}:${goList(list)}`).join(', ')}}`;
}
