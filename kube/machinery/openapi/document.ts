/** The head of documents in both dialects, and the parts that all operations share. */
import type { Operation } from './operations.ts';
import type { Parameter } from './parameters.ts';

export interface OpenApiInfo {
  title: string;
  version: string;
}

export const INFO: OpenApiInfo = { title: 'Kubernetes', version: '1.36' };
/** Of documents of version 3 about custom kinds (apiextensions `pkg/controller/openapi/builder`). */
export const CUSTOM_INFO: OpenApiInfo = { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' };

export const SECURITY_SCHEMES = {
  BearerToken: { type: 'apiKey', description: 'Bearer Token authentication', name: 'authorization', in: 'header' },
};

export interface Paths {
  /** By path, and then by method; beside the methods stand the parameters that all of them take. */
  paths: Record<string, Record<string, object>>;
  /** The definitions that operations name. */
  used: ReadonlySet<string>;
}

/** How a dialect writes its parts. `own`: the parameters that the other operations of the path do not all have. */
export interface Printer {
  operation(operation: Operation, own: readonly Parameter[]): object;
  parameter(parameter: Parameter): object;
}

export function pathsOf(operations: readonly Operation[], print: Printer): Paths {
  const byPath = new Map<string, Operation[]>();
  const used = new Set<string>();
  for (const operation of operations) {
    const others = byPath.get(operation.path);
    if (others) others.push(operation);
    else byPath.set(operation.path, [operation]);
    if (operation.body) used.add(operation.body.definition);
    if (operation.answer) used.add(operation.answer);
  }
  const paths: Paths['paths'] = {};
  for (const [path, methods] of byPath) {
    const [first, ...others] = methods;
    const isCommon = (one: Parameter) => others.every(({ parameters }) => parameters.some((each) => isSame(each, one)));
    const common = (first?.parameters ?? []).filter(isCommon);
    const own = ({ parameters }: Operation) => parameters.filter((one) => !common.some((each) => isSame(each, one)));
    paths[path] = {
      ...Object.fromEntries(methods.map((each) => [each.method, print.operation(each, own(each))])),
      ...(common.length > 0 && { parameters: common.map(print.parameter) }),
    };
  }
  return { paths, used };
}

function isSame(a: Parameter, b: Parameter): boolean {
  return a.name === b.name && a.in === b.in;
}

export function headOf({ tag, description, id, action, kind }: Operation) {
  return {
    tags: [tag],
    description,
    operationId: id,
    ...(action && { 'x-kubernetes-action': action }),
    ...(kind && { 'x-kubernetes-group-version-kind': kind }),
  };
}

const REASONS = { '200': 'OK', '201': 'Created', '202': 'Accepted' };

/** `content`: what an answer with success holds. */
export function responsesOf<T extends object>({ codes }: Operation, content: T) {
  return {
    ...Object.fromEntries(codes.map((code) => [code, { description: REASONS[code], ...content }])),
    '401': { description: 'Unauthorized' },
  };
}
