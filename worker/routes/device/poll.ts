/** `POST /islet/v1/device/token`: the program asks whether the person has answered, and is given its token once. */
import { accountOf } from '../../auth/authenticate.ts';
import { digestOf, readDeviceCode } from '../../auth/device-codes.ts';
import type { EdgeRequest, EdgeResponse, Env } from '../../env.ts';
import { json } from '../management/route.ts';
import { oauthError, readFields } from './fields.ts';
import { deviceGrantOf } from './grant.ts';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';
const ERRORS = {
  pending: ['authorization_pending', 'the person has not answered yet'],
  'too fast': ['slow_down', 'ask less often'],
  denied: ['access_denied', 'the person refused'],
  expired: ['expired_token', 'the code has expired, was used, or there never was one: begin again'],
} as const;

export async function pollDevice(request: EdgeRequest, env: Env): Promise<EdgeResponse> {
  const fields = await readFields(request);
  const { grant_type: type = GRANT_TYPE, device_code: text } = fields ?? {};
  if (type !== GRANT_TYPE) return oauthError('unsupported_grant_type', `grant_type must be ${GRANT_TYPE}`);
  if (typeof text !== 'string') return oauthError('invalid_request', 'device_code must be text');
  const code = readDeviceCode(text);
  if (!code) return oauthError('invalid_grant', 'this is no device code');
  const answer = await deviceGrantOf(env, code.name).poll({ secret: await digestOf(code.secret) });
  if (answer.state !== 'approved') return refused(answer.state);
  const { account, approval, seconds } = answer;
  const made = await accountOf(env, account).redeemDevice({ account, approval, seconds });
  // All of the account was revoked in the meantime.
  if (!made) return refused('denied');
  return json({ access_token: made.token, token_type: 'Bearer', expires_in: made.seconds, account }, 200);
}

function refused(state: keyof typeof ERRORS): EdgeResponse {
  const [error, description] = ERRORS[state];
  return oauthError(error, description);
}
