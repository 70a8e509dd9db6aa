/** The authorization code flow of OpenID Connect at a provider, with PKCE, state and nonce (`oauth4webapi`). */
import * as oauth from 'oauth4webapi';
import type { ProviderRequest } from './provider-fetch.ts';
import type { Provider } from './providers.ts';

export type ProviderFetch = (url: string, request: ProviderRequest) => Promise<Response>;

export interface Secrets {
  state: string;
  nonce: string;
  verifier: string;
}

/** A person, as the provider's ID token says. */
export interface Person {
  issuer: string;
  subject: string;
  /** An address or a name, as people know themselves at the provider. */
  label: string;
  /** '' for none. */
  name: string;
  /** An address that the provider has verified. */
  email?: string;
}

const CLOCK_TOLERANCE_SECONDS = 60;
const METADATA_KEPT_MS = 10 * 60_000;
const MAX_LABEL = 100;
const MAX_NAME = 60;

const metadata = new Map<string, { until: number; server: oauth.AuthorizationServer }>();

export const newSecrets = (): Secrets => ({
  state: oauth.generateRandomState(),
  nonce: oauth.generateRandomNonce(),
  verifier: oauth.generateRandomCodeVerifier(),
});

/** The provider took the person's word of an earlier time. */
export class SignedInBefore extends Error {}

/**
 * The provider's page that the browser is sent to. Throws when the provider does not say which that is. `again`: its
 * person is to show who they are, although the provider may know them still.
 */
export async function authorizationUrl(
  provider: Provider,
  { state, nonce, verifier }: Secrets,
  redirectUri: string,
  ports: { fetch: ProviderFetch; now: number; again?: boolean },
): Promise<string> {
  const server = await discover(provider, ports);
  const { authorization_endpoint: endpoint } = server;
  const url = endpoint === undefined ? null : URL.parse(endpoint);
  if (!url || !isAllowed(url, provider)) throw new Error('the provider names no authorization endpoint');
  const challenge = await oauth.calculatePKCECodeChallenge(verifier);
  const parameters = {
    client_id: provider.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: provider.scopes.join(' '),
    state,
    nonce,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...(ports.again && { max_age: '0', prompt: promptOf(server) }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/**
 * The person who comes back from the provider with these parameters. Throws an error of `oauth4webapi` when anything is
 * not as it was asked for: state, issuer, audience, nonce, times or the ID token's signature. `since`: a person who has
 * shown who they are before that, in milliseconds since the epoch, has to do so again; providers need not tell.
 */
export async function personOf(
  provider: Provider,
  answer: URLSearchParams,
  { state, nonce, verifier }: Secrets,
  redirectUri: string,
  ports: { fetch: ProviderFetch; now: number; since?: number },
): Promise<Person> {
  const server = await discover(provider, ports);
  const client: oauth.Client = { client_id: provider.clientId, [oauth.clockTolerance]: CLOCK_TOLERANCE_SECONDS };
  const options = optionsOf(provider, ports.fetch);
  const parameters = oauth.validateAuthResponse(server, client, answer, state);
  const authentication = authenticationOf(provider, server);
  const response = await oauth.authorizationCodeGrantRequest(
    ...([server, client, authentication, parameters, redirectUri, verifier, options] as const),
  );
  const expected = { expectedNonce: nonce, requireIdToken: true };
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, expected);
  await oauth.validateApplicationLevelSignature(server, response, options);
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  if (!claims) throw new Error('the provider sent no ID token');
  const { auth_time: shown } = claims;
  if (ports.since !== undefined && shown !== undefined && shown + CLOCK_TOLERANCE_SECONDS < ports.since / 1000) {
    throw new SignedInBefore('the person was not asked to sign in again');
  }
  return personFrom(claims);
}

/** The page that lets a person sign in again; Google has none but that on which an account is chosen. */
function promptOf({ issuer, prompt_values_supported: supported }: oauth.AuthorizationServer): string {
  const knows = Array.isArray(supported) ? supported.includes('login') : issuer !== 'https://accounts.google.com';
  return knows ? 'login' : 'select_account';
}

async function discover(
  provider: Provider,
  { fetch, now }: { fetch: ProviderFetch; now: number },
): Promise<oauth.AuthorizationServer> {
  const kept = metadata.get(provider.issuer);
  if (kept && kept.until > now) return kept.server;
  const issuer = new URL(provider.issuer);
  const server = await oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...optionsOf(provider, fetch) }),
  );
  metadata.set(provider.issuer, { until: now + METADATA_KEPT_MS, server });
  return server;
}

function optionsOf(provider: Provider, fetch: ProviderFetch) {
  return {
    [oauth.customFetch]: (url: string, { method, headers, body }: ProviderRequest) =>
      fetch(url, { method, headers, body }),
    [oauth.allowInsecureRequests]: !isSecure(provider),
  };
}

/** A provider in the configuration is on https, or on this machine. */
function isSecure({ issuer }: Provider): boolean {
  return issuer.startsWith('https:');
}

function isAllowed({ protocol }: URL, provider: Provider): boolean {
  return protocol === 'https:' || (protocol === 'http:' && !isSecure(provider));
}

function authenticationOf({ clientSecret }: Provider, server: oauth.AuthorizationServer): oauth.ClientAuth {
  if (clientSecret === undefined) return oauth.None();
  // `client_secret_basic` is what a provider takes that says nothing; encodings of its two parts differ in the field.
  return server.token_endpoint_auth_methods_supported?.includes('client_secret_post')
    ? oauth.ClientSecretPost(clientSecret)
    : oauth.ClientSecretBasic(clientSecret);
}

function personFrom(claims: oauth.IDToken): Person {
  const { iss, sub, email, email_verified: isVerified, preferred_username: username, name } = claims;
  const line = (value: unknown, max: number): string =>
    typeof value === 'string'
      ? value
          .replace(/\p{Cc}+/gu, ' ')
          .trim()
          .slice(0, max)
      : '';
  const label = line(email, MAX_LABEL) || line(username, MAX_LABEL) || line(name, MAX_LABEL) || line(sub, MAX_LABEL);
  const verified = isVerified === true && typeof email === 'string' ? email.toLowerCase() : undefined;
  return { issuer: iss, subject: sub, label, name: line(name, MAX_NAME), ...(verified ? { email: verified } : {}) };
}

/** Whether the provider's configuration lets this person in. */
export function mayEnter({ emailDomains }: Provider, { email }: Person): boolean {
  if (!emailDomains) return true;
  return email !== undefined && emailDomains.includes(email.slice(email.lastIndexOf('@') + 1));
}

/** The name of the object of an identity, and its key in accounts: nothing about the person can be read from it. */
export async function identityKey(issuer: string, subject: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${issuer}\0${subject}`));
  const text = btoa(String.fromCharCode(...new Uint8Array(digest)));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
