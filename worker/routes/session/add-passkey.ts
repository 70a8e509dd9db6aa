/**
 * `POST /islet/v1/passkeys`: a passkey for the account that is signed in; without a session it begins a person's account.
 */
import { failure } from '../../../kube/machinery/status.ts';
import { newAccountName } from '../../../wire/account-names.ts';
import type { Result } from '../../../wire/rpc.ts';
import type { PasskeyUser } from '../../../wire/ways-in-rpc.ts';
import { addressName, counterOf } from '../../auth/address.ts';
import { accountOf, identify } from '../../auth/authenticate.ts';
import { newChallenge, readChallenge } from '../../auth/challenges.ts';
import { credentials } from '../../auth/credentials.ts';
import type { EdgeResponse } from '../../env.ts';
import { hostOf } from '../../location.ts';
import { statusResponse } from '../../statuses.ts';
import { BAD_LABEL, labelIn } from '../management/passkeys.ts';
import { answer, badRequest, json } from '../management/route.ts';
import { ceremonyOf, SPENT } from './ceremony.ts';
import { takesSignUps } from './methods.ts';
import { type SignInCall, signedIn, signInRoute } from './sign-in.ts';

const RP_NAME = 'Islet';
/** ES256, EdDSA, RS256: what authenticators have, and the runtime verifies. */
const ALGORITHMS = [-7, -8, -257];
const MAX_NAME = 60;
const NO_SIGN_UP =
  'this service takes no new accounts: ask its operator for an account, or sign in and add the passkey to yours';

/** The account of the browser's session. */
async function sessionOf({ request, env, location }: SignInCall) {
  const { account, use, jti, exp } = (await identify(request, env, location))?.claims ?? {};
  const isSession = account !== undefined && jti !== undefined && exp !== undefined && use === 'session';
  return isSession ? { account, credential: jti, expires: exp } : undefined;
}

export const addPasskeyOptions = signInRoute(async (call) => {
  const { env, location, body } = call;
  const session = await sessionOf(call);
  if (!session && !takesSignUps(env)) return statusResponse(failure('Forbidden', NO_SIGN_UP));
  const account = session?.account ?? newAccountName();
  const user = session
    ? await accountOf(env, account).passkeyUser({ account, credential: session.credential })
    : newUser(body.name);
  if (!user.ok) return answer(user, 200);
  const { name, passkeys } = user.value;
  const { generateRegistrationOptions } = await import('@simplewebauthn/server');
  const { id, token } = await newChallenge(env, session ? 'add' : 'begin', account);
  const shown = name === '' ? `Islet ${account.slice(0, 6)}` : name;
  const options = await generateRegistrationOptions({
    rpName: RP_NAME,
    rpID: hostOf(location),
    userID: new TextEncoder().encode(account),
    userName: shown,
    userDisplayName: shown,
    challenge: id,
    timeout: 300_000,
    attestationType: 'none',
    supportedAlgorithmIDs: ALGORITHMS,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    excludeCredentials: passkeys.map(({ id, transports }) => ({ id, transports: transports as never })),
  });
  return json({ challenge: token, options }, 200);
});

export const addPasskey = signInRoute(async (call) => {
  const { env, location, agent, body } = call;
  const label = labelIn(body);
  if (label === undefined) return badRequest(BAD_LABEL);
  const { name = '' } = body;
  if (!isName(name)) return badRequest(`name must be text of at most ${MAX_NAME} characters`);
  const session = await sessionOf(call);
  const challenge = await readChallenge(env, body.challenge, session ? 'add' : 'begin');
  const account = challenge?.account;
  if (!challenge || account === undefined || (session && session.account !== account)) return badRequest(SPENT);
  const ceremony = ceremonyOf(location, challenge, body.response);
  const rpc = accountOf(env, account);
  if (session) {
    const added = await rpc.addPasskey({ ...ceremony, credential: session.credential, label });
    return added.ok ? keptNow(call, session.expires, added.value) : answer(added, 201);
  }
  // A person counts among those who come within an hour, and not among the visitors who are there.
  const counter = counterOf(env, await addressName(call.request, env));
  const admitted = await counter.admit({ account });
  if (!admitted.ok) return answer(admitted, 201);
  await counter.release({ account });
  const begun = await rpc.beginWithPasskey({ ...ceremony, account, label, name, agent });
  return begun.ok ? signedIn(location, begun.value, { account }, true) : answer(begun, 201);
});

/** The session of a visitor who becomes a person outlives the browser, too. `expires` in seconds since the epoch. */
function keptNow({ request, location }: SignInCall, expires: number, value: object): EdgeResponse {
  const token = credentials(request, location)?.token ?? '';
  const seconds = Math.max(0, expires - Math.floor(Date.now() / 1000));
  return signedIn(location, { token, seconds }, value, true);
}

function newUser(name: unknown): Result<PasskeyUser> {
  return { ok: true, value: { name: isName(name) ? name.trim() : '', passkeys: [] } };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_NAME && !/\p{Cc}/u.test(value);
}
