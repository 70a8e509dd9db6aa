/** `POST /islet/v1/device`: a program asks for a token, and is given a code that a person approves on `/device`. */
import { DEVICE_INTERVAL, DEVICE_SECONDS } from '../../../wire/device-rpc.ts';
import { clientAddress } from '../../auth/address.ts';
import { Attempts } from '../../auth/attempts.ts';
import { deviceCodeOf, digestOf, nameOf, newSecret, newUserCode } from '../../auth/device-codes.ts';
import type { EdgeRequest, EdgeResponse, Env } from '../../env.ts';
import { locate } from '../../location.ts';
import { isCount, json } from '../management/route.ts';
import { oauthError, plainValue, readFields } from './fields.ts';
import { deviceGrantOf } from './grant.ts';

const DAY = 24 * 3600;
const USUAL_SECONDS = 90 * DAY;
const MAX_SECONDS = 365 * DAY;
const MAX_NAME = 100;
/** Each is an object's storage for ten minutes. */
const asking = new Attempts(30, 60_000);

export async function beginDevice(request: EdgeRequest, env: Env): Promise<EdgeResponse> {
  const address = clientAddress(request, env);
  const wait = asking.take(address, Date.now());
  if (wait > 0) return oauthError('slow_down', `too many requests: try again in ${wait} seconds`, 429);
  const fields = await readFields(request);
  if (!fields) return oauthError('invalid_request', 'the body must be a form or a JSON object');
  const { client_id: client, cluster, read_only, ttl_seconds = USUAL_SECONDS } = fields;
  const [readOnly, seconds] = [plainValue(read_only), plainValue(ttl_seconds)];
  if (!isLine(client)) return oauthError('invalid_client', `client_id must be a name of 1 to ${MAX_NAME} characters`);
  if (cluster !== undefined && !isLine(cluster)) return oauthError('invalid_request', 'cluster must be a name');
  if (readOnly !== undefined && typeof readOnly !== 'boolean') {
    return oauthError('invalid_request', 'read_only must be true or false');
  }
  if (!isCount(seconds, 60, MAX_SECONDS)) {
    return oauthError('invalid_request', `ttl_seconds must be a number from 60 to ${MAX_SECONDS}`);
  }
  const ask = { client, address: placeOf(request, address), cluster, readOnly, seconds };
  const secret = newSecret();
  const digest = await digestOf(secret);
  for (;;) {
    const userCode = newUserCode();
    const name = await nameOf(userCode);
    if (!(await deviceGrantOf(env, name).begin({ ...ask, secret: digest }))) continue;
    const { secure, host } = locate(request.url);
    const page = `${secure ? 'https' : 'http'}://${host}/device`;
    return json(
      {
        device_code: deviceCodeOf(name, secret),
        user_code: userCode,
        verification_uri: page,
        verification_uri_complete: `${page}?user_code=${userCode}`,
        expires_in: DEVICE_SECONDS,
        interval: DEVICE_INTERVAL,
      },
      200,
    );
  }
}

/** With the place that Cloudflare knows the address to be in. */
function placeOf({ cf }: EdgeRequest, address: string): string {
  const { city, country } = (cf ?? {}) as { city?: unknown; country?: unknown };
  const place = [city, country].filter((each) => typeof each === 'string').join(', ');
  return place === '' ? address : `${address} (${place})`;
}

function isLine(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_NAME && !/\p{Cc}/u.test(value);
}
