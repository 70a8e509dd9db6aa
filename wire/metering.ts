/** A cluster's use of the platform, by day, and Cloudflare's prices for it. */

/** Of one day in UTC. */
export interface DayUse {
  /** `2026-11-28` */
  day: string;
  /** HTTP requests, calls of other objects, and alarms. */
  requests: number;
  /** Messages that came over sockets. */
  messages: number;
  rowsRead: number;
  rowsWritten: number;
  /** Time in which the cluster was at work, or waited for something that kept it in memory. */
  activeSeconds: number;
  /** Characters of answers and of messages. */
  bytesSent: number;
  /** Time for which streams were open, of all of them together: each has an object of its own. */
  streamSeconds: number;
}

export interface ClusterMetering {
  /** Of the storage, now. */
  bytesStored: number;
  objects: number;
  /** The last 31 days on which the cluster was awake, the newest first. */
  days: DayUse[];
  /** The last time at which someone else than a node asked for something; 0 for never. Milliseconds since the epoch. */
  lastAsked: number;
  /** Of all days that there were. */
  total: Omit<DayUse, 'day'>;
}

/** US dollars beyond what the Workers Paid plan includes: developers.cloudflare.com/durable-objects/platform/pricing */
export const PRICES = {
  asOf: '2026-11-28',
  /** A million. Of messages over sockets, twenty are one request. */
  requests: 0.15,
  messagesPerRequest: 20,
  /** A million GB-seconds. An object counts as 128 MB. */
  duration: 12.5,
  gigabytes: 0.128,
  /** A million rows. */
  rowsRead: 0.001,
  rowsWritten: 1,
  /** A GB for a month. */
  stored: 0.2,
} as const;

const MILLION = 1e6;
const DAYS_OF_MONTH = 30;

/** US dollars for so much use. */
export function costOf(use: Omit<DayUse, 'day'>): number {
  const requests = use.requests + use.messages / PRICES.messagesPerRequest;
  return (
    (requests * PRICES.requests +
      (use.activeSeconds + use.streamSeconds) * PRICES.gigabytes * PRICES.duration +
      use.rowsRead * PRICES.rowsRead +
      use.rowsWritten * PRICES.rowsWritten) /
    MILLION
  );
}

/** US dollars for keeping so many bytes for a day. */
export function costOfStorage(bytes: number): number {
  return ((bytes / 1e9) * PRICES.stored) / DAYS_OF_MONTH;
}
