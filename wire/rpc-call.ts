/**
 * An object's interface over the runtime's RPC as one method, `call`, beside a table of handlers: each part of the
 * object brings its own, and the object's class need not repeat them. Requests and answers are plain data.
 */

/** An interface whose methods take one request each. */
type Methods<T> = { [M in keyof T]: (request: never) => unknown };

/** Handlers of an interface: they may answer at once. */
export type Handlers<T extends Methods<T>> = {
  [M in keyof T]: (request: Parameters<T[M]>[0]) => ReturnType<T[M]> | Awaited<ReturnType<T[M]>>;
};

export interface Callable {
  call(method: string, request: unknown): Promise<unknown>;
}

/** The interface of an object that is a {@link Callable}. */
export function rpcOf<T extends Methods<T>>(stub: Callable): T {
  return new Proxy({} as T, {
    get: (_, method) => (typeof method === 'string' ? (request: unknown) => stub.call(method, request) : undefined),
  });
}

/** Answers a call from the table. Throws for a method that is not in it. */
export async function dispatch(handlers: object, method: string, request: unknown): Promise<unknown> {
  const table = handlers as Record<string, (request: unknown) => unknown>;
  const handler = Object.hasOwn(table, method) ? table[method] : undefined;
  if (!handler) throw new TypeError(`the object has no method ${JSON.stringify(method)}`);
  return handler(request);
}
