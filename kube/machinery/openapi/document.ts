/** The head of documents in both dialects, and the parts that all operations share. */
import type { Operation } from './operations.ts';

export interface OpenApiInfo {
  version: string;
}

export const INFO: OpenApiInfo = { version: 'v1.36.3+islet' };

export function documentInfo({ version }: OpenApiInfo): { title: string; version: string } {
  return { title: 'Kubernetes', version };
}

export interface Paths<T> {
  /** By path and method. */
  paths: Record<string, Record<string, T>>;
  /** The definitions that operations name. */
  used: ReadonlySet<string>;
}

export function pathsOf<T>(operations: readonly Operation[], print: (operation: Operation) => T): Paths<T> {
  const paths: Record<string, Record<string, T>> = {};
  const used = new Set<string>();
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: print(operation) };
    for (const name of [operation.body, operation.answer]) if (name) used.add(name);
  }
  return { paths, used };
}

export function operationHead({ tag, description, id, action, kind }: Operation) {
  return {
    tags: [tag],
    description,
    operationId: id,
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': kind,
  };
}

/** `content`: what an answer with success holds. */
export function responsesOf<T extends object>({ action }: Operation, content: T) {
  const code = action === 'post' ? '201' : '200';
  return { [code]: { description: 'OK', ...content }, '401': { description: 'Unauthorized' } };
}
