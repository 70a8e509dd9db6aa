/**
 * Signing in at an OpenID Connect provider: `GET /islet/v1/session/oidc/NAME` sends the browser there, and
 * `GET /islet/v1/session/oidc/NAME/callback` takes it back. `?purpose=link` lets the identity lead to the account of the
 * session from then on, `?purpose=again` makes that session fresh; `?return=` is the page that follows.
 */
import * as oauth from 'oauth4webapi';
import type { PendingSignIn } from '../../../wire/identity.ts';
import { accountOf, identify } from '../../auth/authenticate.ts';
import { isOwnOrigin } from '../../auth/credentials.ts';
import { keySet } from '../../auth/keys.ts';
import {
  authorizationUrl,
  mayEnter,
  newSecrets,
  type Person,
  personOf,
  SignedInBefore,
} from '../../auth/oidc/client.ts';
import { providerFetch } from '../../auth/oidc/provider-fetch.ts';
import { type Provider, parseProviders } from '../../auth/oidc/providers.ts';
import { returnPath } from '../../auth/oidc/return-path.ts';
import {
  type BegunSignIn,
  begunAt,
  endedSignInCookie,
  signInCookie,
  signInOf,
} from '../../auth/oidc/sign-in-cookie.ts';
import { sessionCookie } from '../../auth/session-cookie.ts';
import { type EdgeRequest, type EdgeResponse, type Env, respond } from '../../env.ts';
import { type Location, locate, queryValue } from '../../location.ts';
import { statusResponse } from '../../statuses.ts';
import { escaped, onwardPage, plainPage } from '../plain-page.ts';
import { enter } from './oidc-entry.ts';
import { type SignInText, signInText } from './sign-in-texts.ts';

export async function beginOidc(request: EdgeRequest, env: Env): Promise<EdgeResponse> {
  const location = locate(request.url);
  // Another site's page must not send its visitors through a sign-in that they did not ask for.
  if (!isOwnOrigin(request, location)) return problem(request, 403, 'elsewhere');
  const found = findProvider(request, env, location);
  if (!('issuer' in found)) return found;
  const caller = await identify(request, env, location);
  const { account, jti: credential, use } = caller?.claims ?? {};
  const session = account && credential && use === 'session' ? { account, credential } : undefined;
  const purpose = purposeOf(queryValue(location.query, 'purpose'));
  if (purpose !== 'sign-in' && !session) return problem(request, 401, 'signInFirst', found);
  if (purpose === 'link' && session) {
    const may = await accountOf(env, session.account).mayLinkIdentity({ credential: session.credential });
    // The dashboard asks with JSON before it goes, and then can ask its person to sign in again.
    if (!may.ok && request.headers.get('accept') === 'application/json') return statusResponse(may.status);
    if (!may.ok) return plainPage(paragraphs(request, may.status.message ?? ''), {}, may.status.code);
  }
  const secrets = newSecrets();
  const now = Date.now();
  const onward = returnPath(queryValue(location.query, 'return'));
  const { state, nonce, verifier } = secrets;
  const signIn = { provider: found.name, nonce, verifier, return: onward, purpose, ...(session && { session }) };
  try {
    const ports = { fetch: providerFetch(env), now, again: purpose === 'again' };
    const address = await authorizationUrl(found, secrets, callbackOf(location, found), ports);
    const cookie = await signInCookie(location, keySet(env), state, signIn, now);
    return respond(null, {
      status: 302,
      headers: {
        Location: address,
        'Set-Cookie': cookie,
        'Cache-Control': 'no-store',
        'Referrer-Policy': 'no-referrer',
      },
    });
  } catch (error) {
    console.error(`sign-in at ${found.issuer}:`, error);
    return problem(request, 502, 'unreachable', found);
  }
}

export async function oidcCallback(request: EdgeRequest, env: Env): Promise<EdgeResponse> {
  const location = locate(request.url);
  const found = findProvider(request, env, location);
  if (!('issuer' in found)) return found;
  const begun = await signInOf(request.headers.get('cookie'), location, keySet(env), Date.now());
  const answer = new URLSearchParams(location.query);
  if (!begun || begun.provider !== found.name || answer.get('state') !== begun.state) {
    return problem(request, 400, 'notBegun', found);
  }
  const answered = await finish(request, env, location, found, begun, answer);
  answered.headers.append('Set-Cookie', endedSignInCookie(location));
  return answered;
}

async function finish(
  request: EdgeRequest,
  env: Env,
  location: Location,
  provider: Provider,
  begun: BegunSignIn,
  answer: URLSearchParams,
): Promise<EdgeResponse> {
  const person = await personAt(request, env, location, provider, begun, answer);
  if (!('subject' in person)) return person;
  const values = { ...provider, who: person.label };
  if (!mayEnter(provider, person)) return problem(request, 403, 'notAllowed', values);
  const entry = await enter(env, provider, begun, person, request.headers.get('user-agent') ?? '');
  if (entry.what === 'spent') return problem(request, 400, 'spent', values);
  if (entry.what === 'not this account') return problem(request, 409, 'notThisAccount', values);
  if (entry.what === 'other account') return problem(request, 409, 'otherAccount', values);
  if (entry.what === 'refused') return plainPage(paragraphs(request, entry.message), {}, entry.code);
  const page = onwardPage(begun.return);
  if (entry.session) page.headers.append('Set-Cookie', sessionCookie(location, entry.session, true));
  return page;
}

async function personAt(
  request: EdgeRequest,
  env: Env,
  location: Location,
  provider: Provider,
  begun: BegunSignIn,
  answer: URLSearchParams,
): Promise<Person | EdgeResponse> {
  const since = begun.purpose === 'again' ? begunAt(begun) : undefined;
  const ports = { fetch: providerFetch(env), now: Date.now(), since };
  try {
    return await personOf(provider, answer, begun, callbackOf(location, provider), ports);
  } catch (error) {
    if (error instanceof SignedInBefore) return problem(request, 403, 'signedInBefore', provider);
    if (error instanceof oauth.AuthorizationResponseError) {
      const detail = error.error_description ?? error.error;
      return problem(request, 403, 'declined', { ...provider, detail: detail.slice(0, 300) });
    }
    console.error(`sign-in at ${provider.issuer}:`, error);
    // The library's words name the part of the answer that is wrong, and no secret.
    const isChecked = error instanceof oauth.OperationProcessingError || error instanceof oauth.ResponseBodyError;
    if (!isChecked) return problem(request, 502, 'unreachable', provider);
    return problem(request, 403, 'refused', { ...provider, detail: error.message });
  }
}

function purposeOf(asked: string | undefined): PendingSignIn['purpose'] {
  return asked === 'link' || asked === 'again' ? asked : 'sign-in';
}

function findProvider(request: EdgeRequest, env: Env, location: Location): Provider | EdgeResponse {
  const name = /\/oidc\/([^/]+)/.exec(location.path)?.[1];
  try {
    const found = parseProviders(env.ISLET_OIDC_PROVIDERS).find((provider) => provider.name === name);
    return found ?? problem(request, 404, 'unknown');
  } catch (error) {
    console.error(error);
    return problem(request, 500, 'misconfigured', { detail: (error as Error).message });
  }
}

/** Each provider has an address of its own here, so that none can pass for another (RFC 9207, "mix-up"). */
function callbackOf({ secure, host }: Location, { name }: Provider): string {
  return `${secure ? 'https' : 'http'}://${host}/islet/v1/session/oidc/${name}/callback`;
}

function problem(
  request: EdgeRequest,
  status: number,
  key: SignInText,
  values: { label?: string; who?: string; detail?: string } = {},
): EdgeResponse {
  const { label = '', who = '', detail = '' } = values;
  const text = signInText(request.headers.get('accept-language'), key, { label, who, detail });
  return plainPage(paragraphs(request, text), {}, status);
}

function paragraphs(request: EdgeRequest, text: string): string {
  const again = signInText(request.headers.get('accept-language'), 'again');
  return `<p>${escaped(text)}</p><p><a href="/">${escaped(again)}</a></p>`;
}
