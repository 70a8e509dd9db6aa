/** The device flow (RFC 8628), as the program: asks for a token that a person approves in a browser. */
import { call, type Endpoint, send } from './client.ts';
import { fail } from './user-error.ts';

export interface DeviceAsk {
  client: string;
  /** The name of the one cluster that the token is to be for. */
  cluster?: string;
  readOnly?: boolean;
  ttlSeconds?: number;
}

interface Codes {
  device_code: string;
  user_code: string;
  verification_uri_complete: string;
  expires_in: number;
  interval: number;
}

export interface DeviceLoginPorts {
  /** Tells the person where to go, before the waiting begins. */
  show(codes: { complete: string; code: string }): Promise<void> | void;
  sleep(milliseconds: number): Promise<void>;
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface DeviceToken {
  token: string;
  account: string;
}

const NOT_HERE =
  'this service has no sign-in by browser: put a token of an account, or the bootstrap secret, into $ISLET_SECRET';
const SLOWER_MS = 5000;

export async function deviceLogin(
  service: Endpoint,
  { client, cluster, readOnly, ttlSeconds }: DeviceAsk,
  { show, sleep, now }: DeviceLoginPorts,
): Promise<DeviceToken> {
  const ask = { client_id: client, cluster, read_only: readOnly, ttl_seconds: ttlSeconds };
  const codes = await call<Codes>(service, 'POST', '/islet/v1/device', ask, { missing: NOT_HERE, refused: NOT_HERE });
  checkAddress(service, codes.verification_uri_complete);
  const { verification_uri_complete: complete, user_code: code } = codes;
  await show({ complete, code });
  const ends = now() + codes.expires_in * 1000;
  let interval = codes.interval * 1000;
  for (;;) {
    await sleep(interval);
    if (now() >= ends) return fail('nobody approved within the time: run `islet login` again');
    const answer = await poll(service, codes.device_code);
    if ('access_token' in answer) return { token: answer.access_token, account: answer.account };
    if (answer.error === 'slow_down') interval += SLOWER_MS;
    else if (answer.error === 'access_denied') return fail('refused in the browser: not signed in');
    else if (answer.error === 'expired_token') return fail('the code has expired: run `islet login` again');
    else if (answer.error !== 'authorization_pending') return fail(`the service answers: ${answer.error}`);
  }
}

type Polled = { access_token: string; account: string } | { error: string };

/** A service that does not answer for a moment is asked again, as one that has no answer yet. */
async function poll(service: Endpoint, code: string): Promise<Polled> {
  const body = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: code };
  try {
    const { status, text } = await send(service, 'POST', '/islet/v1/device/token', body);
    if (status >= 500) return { error: 'authorization_pending' };
    if (status === 429) return { error: 'slow_down' };
    return JSON.parse(text) as Polled;
  } catch {
    return { error: 'authorization_pending' };
  }
}

/** A person signs in on the service's own page: its answer must not send them elsewhere. */
function checkAddress({ server }: Endpoint, address: string): void {
  if (!URL.canParse(address) || new URL(address).origin !== new URL(server).origin) {
    fail(`${server} sends to another address, ${JSON.stringify(address)}: not signed in`);
  }
}
