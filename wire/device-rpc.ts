/** The device flow (RFC 8628): a program without a browser asks, and a person who is signed in approves on a page. */
import type { Result } from './rpc.ts';

export interface DeviceAsk {
  /** The program's name for itself. */
  client: string;
  /** The address that it asks from, and the place of it where that is known; '' for none. */
  address: string;
  /** The name of the one cluster that the token is to be for. */
  cluster?: string;
  readOnly?: boolean;
  /** The token's lifetime. */
  seconds: number;
}

export interface DeviceRequest extends DeviceAsk {
  /** RFC 3339. */
  created: string;
  expires: string;
}

export interface DeviceApproval {
  account: string;
  /** The id under which the account keeps what was approved. */
  approval: string;
  seconds: number;
}

export type DevicePoll =
  | { state: 'pending' | 'too fast' | 'denied' | 'expired' }
  | ({ state: 'approved' } & DeviceApproval);

/** Seconds of a request, and between two polls. */
export const DEVICE_SECONDS = 600;
export const DEVICE_INTERVAL = 5;

/** The interface of the object of a request, which is found by the code that the person types. */
export interface DeviceGrantRpc {
  /** `secret`: the digest of the program's. False when the code is taken. */
  begin(request: DeviceAsk & { secret: string }): Promise<boolean>;
  /** undefined for one that there is none of, or that was decided. */
  look(request: object): Promise<DeviceRequest | undefined>;
  /** Without an approval it is denied. False when there was nothing to decide. */
  decide(request: { approval?: DeviceApproval }): Promise<boolean>;
  /** An approval is told once. */
  poll(request: { secret: string }): Promise<DevicePoll>;
}

/** The part of an account's interface that is about devices. `credential`: as in `AccountRpc`. */
export interface DevicesRpc {
  /** 429 for a session's account that has looked for too many codes. */
  mayLookForDevice(request: { credential: string }): Promise<Result<null>>;
  /** 403 when the person has to sign in again first, 404 where there is no such cluster. */
  approveDevice(request: {
    credential: string;
    account: string;
    label: string;
    cluster?: string;
    readOnly?: boolean;
  }): Promise<Result<{ approval: string }>>;
  /** The token, once; undefined when the approval counts no longer. */
  redeemDevice(request: {
    account: string;
    approval: string;
    seconds: number;
  }): Promise<{ token: string; seconds: number } | undefined>;
}
