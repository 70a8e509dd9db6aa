/**
 * `kubectl --as`: acting for another user (apiserver `pkg/endpoints/filters/impersonation`, KEP-5284). Of the modes,
 * narrow ones first, the first counts whose checks all pass: the verb of the request for its mode, then each part of
 * the user. The last one is `impersonate` alone, for any request.
 */
import { validateDomainPath } from '../../../kube/kinds/validation/domain-path.ts';
import { errorText } from '../../../kube/machinery/field-error.ts';
import { isDNS1123Label, isDNS1123Subdomain } from '../../../kube/machinery/names.ts';
import { IMPERSONATED_EXTRA, readExtra, valuesOf } from '../../../wire/impersonation.ts';
import type { Attributes, Authorizer } from '../authz/attributes.ts';
import { forbiddenBy } from '../authz/attributes.ts';
import { ApiError, badRequest, quote } from '../errors.ts';
import type { ApiRequest, UserInfo } from '../request.ts';

const SERVICE_ACCOUNT = 'system:serviceaccount:';
const NODE = 'system:node:';
const NODE_NAME = 'authentication.kubernetes.io/node-name';
const ASSOCIATED_NODE_KEYS = 'authentication.kubernetes.io/associated-node-keys';
const AUTHENTICATED = 'system:authenticated';
const UNAUTHENTICATED = 'system:unauthenticated';
const AUTHENTICATION = 'authentication.k8s.io';
/** From so many groups or extra values on, the right to all of them is asked for first. */
const MANY = 4;

/** The user as the headers name it. */
interface Wanted {
  name: string;
  uid: string;
  groups: readonly string[];
  extra: Readonly<Record<string, readonly string[]>>;
}

type Check = (attributes: Attributes) => void;

const unchanged = (attributes: Attributes): Attributes => attributes;

interface Mode {
  name: string;
  fits(wanted: Wanted, requestor: UserInfo): boolean;
  /** The attributes that its checks are made with. */
  asks?(attributes: Attributes): Attributes;
}

const nameAlone = ({ uid, groups, extra }: Wanted): boolean =>
  uid === '' && groups.length === 0 && Object.keys(extra).length === 0;

const CONSTRAINED: readonly Mode[] = [
  {
    name: 'associated-node',
    fits: (wanted, { name, extra = {} }) => {
      const values = extra[NODE_NAME];
      const own = values?.length === 1 ? values[0] : undefined;
      return (
        nameAlone(wanted) && serviceAccount(name) !== undefined && own !== undefined && own === nodeName(wanted.name)
      );
    },
    // A grant is one for whichever node the account's pod runs on.
    asks: (attributes) => ({
      ...attributes,
      user: { ...attributes.user, extra: { [ASSOCIATED_NODE_KEYS]: Object.keys(attributes.user.extra ?? {}).sort() } },
      ...(attributes.verb === 'impersonate:associated-node' ? { name: '*' } : {}),
    }),
  },
  { name: 'arbitrary-node', fits: (wanted) => nameAlone(wanted) && nodeName(wanted.name) !== undefined },
  { name: 'serviceaccount', fits: (wanted) => nameAlone(wanted) && serviceAccount(wanted.name) !== undefined },
  {
    name: 'user-info',
    fits: ({ name }) => nodeName(name) === undefined && serviceAccount(name) === undefined,
  },
];

/**
 * The user the request is carried out as. `attributes` are those of the request as its own user's. Throws 403 where
 * that user may not act as the other: with the refusal of the first mode that fits.
 */
export function impersonate(request: ApiRequest, attributes: () => Attributes, authorize: Authorizer): UserInfo {
  const wanted = wantedBy(request);
  if (!wanted) return request.user;
  const check: Check = (asked) => {
    const { allowed, reason } = authorize(asked);
    if (!allowed) throw forbiddenBy(asked, reason);
  };
  const own = attributes();
  let refusal: unknown;
  for (const { name, fits, asks = unchanged } of CONSTRAINED) {
    if (!fits(wanted, request.user)) continue;
    try {
      const ask: Check = (asked) => check(asks(asked));
      ask({ ...own, verb: `impersonate-on:${name}:${own.verb}` });
      return impersonated(wanted, request.user, ask, `impersonate:${name}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      refusal ??= error;
    }
  }
  try {
    return impersonated(wanted, request.user, check);
  } catch (error) {
    throw refusal ?? error;
  }
}

/** undefined: the request is its own user's. */
function wantedBy(request: ApiRequest): Wanted | undefined {
  const name = request.header('impersonate-user') ?? '';
  const groupHeader = request.header('impersonate-group');
  const uid = request.header('impersonate-uid') ?? '';
  const extra = readExtra(request.header(IMPERSONATED_EXTRA));
  const groups = groupHeader === undefined ? undefined : valuesOf(groupHeader);
  if (name !== '') return { name, uid, groups: groups ?? [], extra: extra ?? {} };
  if (groups === undefined && uid === '' && extra === undefined) return undefined;
  const requested = `&user.DefaultInfo{Name:"", UID:${quote(uid)}, Groups:${goList(groups)}, Extra:${goMap(extra)}}`;
  const refusal = badRequest(`requested ${requested} without impersonating a user name`);
  refusal.options.noSniff = true;
  throw refusal;
}

/** Checks each part of the user. Without a `verb` of a mode, it is the plain `impersonate`. */
function impersonated(wanted: Wanted, requestor: UserInfo, check: Check, verb = 'impersonate'): UserInfo {
  const isConstrained = verb !== 'impersonate';
  const ask = (resource: string, name: string, group: string, more: Partial<Attributes> = {}): Attributes => ({
    ...{
      user: requestor,
      verb,
      isResource: true,
      group,
      version: 'v1',
      resource,
      subresource: '',
      namespace: '',
      name,
    },
    path: '',
    ...more,
  });
  const { name, uid, groups, extra } = wanted;
  const userGroup = isConstrained ? AUTHENTICATION : '';
  const account = serviceAccount(name);
  const node = isConstrained ? nodeName(name) : undefined;
  if (account) check(ask('serviceaccounts', account.name, userGroup, { namespace: account.namespace }));
  else if (node !== undefined) check(ask('nodes', node, userGroup));
  else check(ask('users', name, userGroup));
  if (uid !== '') check(ask('uids', uid, AUTHENTICATION));
  checkGroups(groups, (group) => ask('groups', group, userGroup), check, isConstrained);
  checkExtra(
    extra,
    (key, value) => ask('userextras', value, AUTHENTICATION, { subresource: key }),
    check,
    isConstrained,
  );
  return {
    name,
    groups: allGroups(name, node === undefined ? groups : ['system:nodes'], account?.namespace),
    ...(uid === '' ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

function checkGroups(
  groups: readonly string[],
  ask: (group: string) => Attributes,
  check: Check,
  isConstrained: boolean,
): void {
  if (isConstrained && groups.includes('')) {
    throw forbiddenBy(ask(''), 'impersonating the empty string group is not allowed');
  }
  if (isConstrained && groups.includes('system:masters')) {
    throw forbiddenBy(ask('system:masters'), 'impersonating the system:masters group is not allowed');
  }
  if (isConstrained && groups.length >= MANY && passes(() => check(ask('*')))) return;
  for (const group of groups) check(ask(group));
}

function checkExtra(
  extra: Wanted['extra'],
  ask: (key: string, value: string) => Attributes,
  check: Check,
  isConstrained: boolean,
): void {
  const problem = isConstrained ? extraProblem(extra) : undefined;
  if (problem !== undefined) throw forbiddenBy(ask('', ''), problem);
  const values = Object.entries(extra).flatMap(([key, list]) => list.map((value) => [key, value] as const));
  const isLarge = values.length >= MANY || Object.keys(extra).length >= MANY;
  if (isConstrained && isLarge && passes(() => check(ask('*', '*')))) return;
  for (const [key, value] of values) check(ask(key, value));
}

function extraProblem(extra: Wanted['extra']): string | undefined {
  for (const [key, values] of Object.entries(extra)) {
    if (key === '') return 'impersonating the empty string key in extra is not allowed';
    const errors = validateDomainPath(key, 'extra.key').map(errorText);
    if (errors.length > 0) {
      const all = errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`;
      return `impersonating an invalid key in extra is not allowed: ${all}`;
    }
    if (key !== key.toLowerCase()) return `impersonating a non-lowercase key in extra is not allowed: ${quote(key)}`;
    if (values.length === 0) return 'impersonating empty values in extra is not allowed';
    if (values.includes('')) return 'impersonating the empty string value in extra is not allowed';
  }
  return undefined;
}

function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
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
  const [namespace = '', name = '', more] = user.slice(SERVICE_ACCOUNT.length).split(':');
  const isValid = isDNS1123Label(namespace).length === 0 && isDNS1123Subdomain(name).length === 0;
  return isValid && more === undefined ? { namespace, name } : undefined;
}

function nodeName(user: string): string | undefined {
  if (!user.startsWith(NODE)) return undefined;
  const name = user.slice(NODE.length);
  return isDNS1123Subdomain(name).length === 0 ? name : undefined;
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
