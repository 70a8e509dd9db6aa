/** The OpenID Connect providers that people may sign in with: `ISLET_OIDC_PROVIDERS`, a JSON list. */
import { isObject } from '../../../kube/machinery/json-object.ts';

export interface Provider {
  /** In addresses of this service; `google`. */
  name: string;
  /** On the page; `Google`. */
  label: string;
  issuer: string;
  clientId: string;
  /** Absent for a public client. */
  clientSecret?: string;
  scopes: string[];
  /** People with a verified address of one of these alone may sign in. Absent: whoever the provider knows. */
  emailDomains?: string[];
}

const NAME = /^[a-z0-9]([-a-z0-9]{0,30}[a-z0-9])?$/;
const SCOPE = /^[!#-[\]-~]+$/;
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;
const USUAL_SCOPES = ['openid', 'profile', 'email'];
const KNOWN = new Set(['name', 'label', 'issuer', 'clientId', 'clientSecret', 'scopes', 'emailDomains']);

/** Throws, with a message that says what is wrong and shows no secret, when the text is malformed. */
export function parseProviders(text: string | undefined): Provider[] {
  if (text === undefined || text.trim() === '') return [];
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw new Error('ISLET_OIDC_PROVIDERS is not JSON: it must be a list of providers');
  }
  if (!Array.isArray(list)) throw new Error('ISLET_OIDC_PROVIDERS must be a list of providers');
  const providers = list.map(parseProvider);
  const twice = providers.find(({ name }, index) => providers.findIndex((other) => other.name === name) < index);
  if (twice) throw new Error(`ISLET_OIDC_PROVIDERS names ${JSON.stringify(twice.name)} twice`);
  return providers;
}

function parseProvider(given: unknown, index: number): Provider {
  const fail = (problem: string): never => {
    throw new Error(`ISLET_OIDC_PROVIDERS[${index}]${problem}`);
  };
  if (!isObject(given)) return fail(' must be an object');
  const { name, label = name, issuer, clientId, clientSecret, scopes = USUAL_SCOPES, emailDomains } = given;
  const unknown = Object.keys(given).find((key) => !KNOWN.has(key));
  if (unknown !== undefined) fail(` has a field that is unknown: ${JSON.stringify(unknown)}`);
  if (typeof name !== 'string' || !NAME.test(name)) {
    return fail('.name must be lower-case letters, digits and dashes: it stands in addresses');
  }
  if (typeof label !== 'string' || label === '' || label.length > 60) {
    return fail('.label must be text of 1 to 60 characters');
  }
  if (typeof issuer !== 'string' || !isIssuer(issuer)) {
    return fail(
      '.issuer must be an https address without query or fragment, as the provider prints it in its metadata',
    );
  }
  if (typeof clientId !== 'string' || clientId === '') return fail('.clientId must be text');
  if (clientSecret !== undefined && (typeof clientSecret !== 'string' || clientSecret === '')) {
    return fail('.clientSecret must be text, or left out for a public client');
  }
  if (!isTexts(scopes) || !scopes.every((scope) => SCOPE.test(scope)) || !scopes.includes('openid')) {
    return fail('.scopes must be a list with "openid" in it');
  }
  if (emailDomains !== undefined && (!isTexts(emailDomains) || emailDomains.length === 0)) {
    return fail('.emailDomains must be a list of domains');
  }
  const domains = emailDomains?.map((domain) => domain.toLowerCase());
  return { name, label, issuer, clientId, clientSecret, scopes, ...(domains ? { emailDomains: domains } : {}) };
}

/** Plain http is for a provider on this very machine, as in a test. */
function isIssuer(text: string): boolean {
  const url = URL.parse(text);
  if (url?.search !== '' || url.hash !== '' || url.username !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '');
}

/** The providers as the page offers them. One slip in the setting takes none of the other ways to sign in away. */
export function offeredProviders(
  text: string | undefined,
  report: (problem: unknown) => void,
): { name: string; label: string }[] {
  try {
    return parseProviders(text).map(({ name, label }) => ({ name, label }));
  } catch (error) {
    report(error);
    return [];
  }
}
