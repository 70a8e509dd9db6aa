/**
 * The one socket between an object and its watchers: the Worker's watch bridge (one subscription), the dashboard and
 * agents (many). Served at {@link SOCKET_PATH}, with the subprotocol {@link SUBPROTOCOL}.
 *
 * From the object, text frames:
 * - `<subscription>:<JSON line>\n<JSON line>\n…`: watch events as `metav1.WatchEvent`, one frame a commit group. Those
 *   of {@link WATCH_SUBSCRIPTION} have no prefix: all bridges are sent the same string, and write it into their
 *   responses as it is.
 * - `!<JSON>`: a {@link ServerMessage}.
 * From the client, text frames: a JSON {@link ClientMessage}, or `ping`, which the runtime answers `pong` without
 * waking the object.
 *
 * Sockets have no drain signal, so frames cost credits: the object sends until `window` bytes are unacknowledged, then
 * the subscription is *behind* and is replayed from the log as `credit` messages arrive. The watch bridge says how much
 * it has handed on. Other clients may say what they like, so they are sent a mark after each {@link CREDIT_STEP}, which
 * cannot be guessed, and acknowledge what came before it by sending it back: a client that does not read is sent one
 * window of events. Answers to its messages are sent beyond it; the socket of a client that leaves too many unread is
 * closed.
 */
import {
  checkRecalled,
  checkUsage,
  type FollowedResource,
  type RecalledUsageMessage,
  type UsageMessage,
} from './usage.ts';

/** Beneath a cluster, as all paths of its API. */
export const SOCKET_PATH = '/islet/v1/socket';
export const SUBPROTOCOL = 'islet.v1';
/** Browsers can't set headers: they pass the token as this subprotocol prefix plus base64url(token). */
export const BEARER_SUBPROTOCOL_PREFIX = 'base64url.bearer.authorization.k8s.io.';
/** The one subscription of a socket that was opened by a watch. Clients number theirs from 1. */
export const WATCH_SUBSCRIPTION = 0;
export const PING = 'ping';
export const PONG = 'pong';
/** Bytes (UTF-16 code units of frames) a socket may be sent before it acknowledges. */
export const WINDOW = 1024 * 1024;
/** The bridge acknowledges each time it has handed on this much; other clients are sent a mark as often. */
export const CREDIT_STEP = 256 * 1024;

export type ClientMessage =
  | SubscribeMessage
  | { type: 'unsubscribe'; id: number }
  /** From the watch bridge. */
  | { type: 'credit'; bytes: number }
  /** From other clients, at once when the mark arrives. */
  | { type: 'credit'; mark: string }
  /** From an agent, which was asked to measure, or to tell of changes. */
  | UsageMessage
  | RecalledUsageMessage
  /** From an agent, which was asked to remove a volume, with the reason why it could not. */
  | VolumeRemovedMessage
  /** From an agent: the streams that it serves. */
  | StreamsMessage;

/**
 * The shape of what the events carry, as an HTTP client asks for it by `Accept`: whole objects when left out, rows of a
 * `metav1.Table`, which `includeObject` in the path's query says more of, or `PartialObjectMetadata`.
 */
export type SubscribedShape = 'table' | 'metadata';

export interface SubscribeMessage {
  type: 'subscribe';
  id: number;
  /** An API watch or list path with its query: `/api/v1/pods?fieldSelector=…&resourceVersion=…`. */
  path: string;
  as?: SubscribedShape;
}

export interface FollowUsageMessage {
  type: 'follow-usage';
  key: string;
  /** Uids. */
  pods: readonly string[];
  resources: readonly FollowedResource[];
}

export interface VolumeRemovedMessage {
  type: 'volume-removed';
  /** Of the question. */
  id: number;
  error?: string;
}

/** Of streams that last: those that end at once are not told of (`countsAtOnce`). */
export interface StreamsMessage {
  type: 'streams';
  /** The sessions of those that have ended since the last message. */
  ended: readonly string[];
  /** Of all that are open; left out where they are too many for a message. */
  open?: readonly string[];
}

/** Sessions in one message. */
export const MAX_SESSIONS = 1000;

export type ServerMessage =
  /** The subscription ended; `status` is a metav1.Status when it failed. */
  | { type: 'end'; id: number; status?: unknown }
  /** To be sent back. */
  | { type: 'mark'; mark: string }
  /**
   * To an agent: dial the stream session and serve it. `stream` is an OpenStream, `holder` the id of the client's
   * token, and the stream ends after `milliseconds`, with that token.
   */
  | {
      type: 'open-stream';
      session: string;
      ticket: string;
      holder: string;
      milliseconds: number;
      stream: unknown;
    }
  /** To an agent: that token was revoked, and what was opened with it ends. */
  | { type: 'close-streams'; holder: string }
  /** To an agent: these streams end, and their clients are told why. */
  | { type: 'end-streams'; sessions: readonly string[]; reason: string }
  /** To an agent: measure what the node and its containers use. */
  | { type: 'measure'; id: number }
  /** To an agent: tell what the node used in the last hour, or these pods together, by their uids. */
  | { type: 'recall-usage'; id: number; pods?: readonly string[] }
  /**
   * To an agent: tell when what these pods use is other than what was told last, until it is told `unfollow-usage`, or
   * none of them runs any more. Another one of the key takes its place.
   */
  | FollowUsageMessage
  | { type: 'unfollow-usage'; key: string }
  /** To an agent: remove the folder of a volume that the cluster made on the node. */
  | { type: 'remove-volume'; id: number; path: string };

export function encodeEvents(subscription: number, lines: string): string {
  return subscription === WATCH_SUBSCRIPTION ? lines : `${subscription}:${lines}`;
}

export type ServerFrame =
  | { type: 'events'; subscription: number; lines: string }
  | { type: 'message'; message: ServerMessage }
  | { type: 'pong' };

/** Throws on a malformed frame. */
export function decodeServerFrame(frame: string): ServerFrame {
  if (frame.startsWith('!')) return { type: 'message', message: JSON.parse(frame.slice(1)) as ServerMessage };
  if (frame === PONG) return { type: 'pong' };
  const colon = frame.indexOf(':');
  const subscription = Number(frame.slice(0, colon));
  if (colon < 1 || !Number.isInteger(subscription)) throw new Error(`not a frame: ${frame.slice(0, 40)}`);
  return { type: 'events', subscription, lines: frame.slice(colon + 1) };
}

/** Code units; about what the edge takes in a URL. */
const MAX_PATH = 16 * 1024;
/** The longest JSON of a path, with its frame. The runtime itself closes sockets that send more than 32 MB. */
export const MAX_CLIENT_MESSAGE = 6 * MAX_PATH + 1024;

/** undefined for anything but a message of the protocol. */
export function decodeClientMessage(text: string): ClientMessage | undefined {
  let message: Partial<Record<'type' | 'id' | 'path' | 'as' | 'bytes' | 'mark', unknown>> | null;
  try {
    message = JSON.parse(text) as typeof message;
  } catch {
    return undefined;
  }
  const { type, id, path, as, bytes, mark } = message ?? {};
  if (type === 'credit' && typeof mark === 'string') return { type, mark };
  if (type === 'credit') return Number.isFinite(bytes) ? { type, bytes: bytes as number } : undefined;
  if (type === 'usage') return checkUsage(message as object);
  if (type === 'recalled-usage') return checkRecalled(message as object);
  if (type === 'volume-removed') return checkRemoved(message as object);
  if (type === 'streams') return checkStreams(message as object);
  if (!Number.isSafeInteger(id) || (id as number) <= WATCH_SUBSCRIPTION) return undefined;
  if (type === 'unsubscribe') return { type, id: id as number };
  if (type !== 'subscribe' || typeof path !== 'string' || path.length > MAX_PATH) return undefined;
  if (as === undefined) return { type, id: id as number, path };
  return as === 'table' || as === 'metadata' ? { type, id: id as number, path, as } : undefined;
}

function checkRemoved(message: object): VolumeRemovedMessage | undefined {
  const { id, error } = message as { id?: unknown; error?: unknown };
  if (!Number.isSafeInteger(id) || (error !== undefined && typeof error !== 'string')) return undefined;
  return { type: 'volume-removed', id: id as number, ...(error === undefined ? {} : { error }) };
}

function checkStreams(message: object): StreamsMessage | undefined {
  const { ended, open } = message as { ended?: unknown; open?: unknown };
  if (!isSessions(ended) || (open !== undefined && !isSessions(open))) return undefined;
  return { type: 'streams', ended, ...(open === undefined ? {} : { open }) };
}

function isSessions(value: unknown): value is string[] {
  if (!Array.isArray(value) || value.length > MAX_SESSIONS) return false;
  return value.every((each) => typeof each === 'string' && /^[0-9a-f-]{36}$/.test(each));
}

export function encodeMessage(message: ServerMessage): string {
  return `!${JSON.stringify(message)}`;
}
