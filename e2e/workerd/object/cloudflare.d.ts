/** The module that tests inside workerd import. The published types would bring globals that clash with the DOM's. */
declare module 'cloudflare:workers' {
  import type { Fetcher } from '@cloudflare/workers-types';
  import type { Env } from '../../../worker/env.ts';

  /** The Worker's bindings, and the secret that opens accounts. */
  export const env: Env & { TEST_SECRET: string };
  /** The Worker itself. */
  export const exports: { default: Fetcher };
}

declare module 'cloudflare:test' {
  import type { DurableObjectState, DurableObjectStub } from '@cloudflare/workers-types';

  export function runInDurableObject<R>(
    stub: DurableObjectStub,
    callback: (instance: unknown, state: DurableObjectState) => R | Promise<R>,
  ): Promise<R>;
  /** Rings the object's alarm now; false where none is set. */
  export function runDurableObjectAlarm(stub: DurableObjectStub): Promise<boolean>;
  /** The object's instance goes, its storage and its hibernating sockets stay. */
  export function evictDurableObject(stub: DurableObjectStub): Promise<void>;
}
