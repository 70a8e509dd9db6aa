/** Waits until something holds of an object, by a watch. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { WatchEvent } from '../api/client.ts';
import type { Context } from '../context.ts';
import { CommandError, isNotFound } from '../errors.ts';
import { type Info, objectName } from './info.ts';
import { fetchObject } from './query.ts';

/** Milliseconds. */
const WEEK = 7 * 24 * 3600 * 1000;

/** `undefined`: the object is gone. */
export type Holds = (object: KubeObject | undefined) => boolean;

/**
 * Resolves to the object of which it holds. Throws when the time, in milliseconds, is over.
 */
export async function until(
  context: Context,
  info: Info,
  timeout: number,
  holds: Holds,
): Promise<KubeObject | undefined> {
  const deadline = context.now + timeout;
  const stop = new AbortController();
  const stopped = (): void => stop.abort();
  context.io.signal.addEventListener('abort', stopped, { once: true });
  const timer = context.world.clock.sleep(timeout, stop.signal).then(stopped);
  try {
    for (;;) {
      const current = await read(context, info);
      if (holds(current)) return current;
      const found = await watched(context, info, current, holds, stop.signal);
      if (found) return found.object;
      if (context.io.signal.aborted) throw new CommandError('interrupted', 130);
      if (context.now >= deadline || stop.signal.aborted) {
        throw new CommandError(`timed out waiting for the condition on ${objectName(info)}`);
      }
      await context.world.clock.sleep(200, stop.signal);
    }
  } finally {
    stop.abort();
    context.io.signal.removeEventListener('abort', stopped);
    await timer;
  }
}

async function read(context: Context, info: Info): Promise<KubeObject | undefined> {
  try {
    return await fetchObject(context, info);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function watched(
  context: Context,
  info: Info,
  current: KubeObject | undefined,
  holds: Holds,
  signal: AbortSignal,
) {
  const query = { fieldSelector: `metadata.name=${info.name}`, resourceVersion: current?.metadata.resourceVersion };
  try {
    for await (const { type, object } of context.client.watch(
      context.path(info.mapping, info.namespace),
      { query },
      signal,
    )) {
      const now = seen(type, object);
      if (now !== 'nothing' && holds(now)) return { object: now };
    }
  } catch (error) {
    if (!signal.aborted && !(error as { status?: { code?: number } }).status) throw error;
  }
  return undefined;
}

function seen(type: WatchEvent['type'], object: KubeObject): KubeObject | undefined | 'nothing' {
  if (type === 'BOOKMARK') return 'nothing';
  return type === 'DELETED' ? undefined : object;
}

/** `uid`: of the object that was deleted; another of its name does not count. */
export async function untilGone(context: Context, info: Info, uid: string | undefined, timeout: number): Promise<void> {
  await until(context, info, timeout || WEEK, (object) => {
    return object === undefined || (uid !== undefined && object.metadata.uid !== uid);
  });
}
