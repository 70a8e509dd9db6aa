/**
 * The functions of Kubernetes' environment (apiserver `pkg/cel/environment/base.go`), built on first use and shared by
 * all clusters.
 */
import type { CelFunction, Library } from './define.ts';
import { AUTHORIZER } from './kubernetes/authorizer.ts';
import { NAMED_FORMATS } from './kubernetes/named-formats.ts';
import { NET } from './kubernetes/net.ts';
import { QUANTITIES, VERSIONS } from './kubernetes/quantities.ts';
import { MATCHES, REGEX } from './kubernetes/regex.ts';
import { URLS } from './kubernetes/url.ts';
import { CONVERSIONS } from './standard/conversions.ts';
import { FLATTEN, LISTS } from './standard/lists.ts';
import { OPERATORS } from './standard/operators.ts';
import { OPTIONALS } from './standard/optionals.ts';
import { STRINGS, TESTS } from './standard/strings.ts';
import { TIMES } from './standard/times.ts';

export type Functions = ReadonlyMap<string, CelFunction>;

/** In upstream's order of overloads. */
const LIBRARIES: readonly Library[] = [
  LISTS,
  TIMES,
  STRINGS,
  OPTIONALS,
  REGEX,
  URLS,
  NET,
  QUANTITIES,
  VERSIONS,
  NAMED_FORMATS,
  AUTHORIZER,
];

export const FUNCTIONS: Functions = withLibraries(
  new Map([...OPERATORS, ...CONVERSIONS, ...TESTS, MATCHES, FLATTEN].map((fn) => [fn.name, fn])),
  LIBRARIES,
);

/** `functions` with the overloads of more libraries. */
export function withLibraries(functions: Functions, libraries: readonly Library[]): Functions {
  const all = new Map(functions);
  for (const library of libraries) {
    for (const [name, overloads] of Object.entries(library)) {
      const known = all.get(name);
      all.set(
        name,
        known ? { ...known, overloads: [...known.overloads, ...overloads] } : { name, overloads: [...overloads] },
      );
    }
  }
  return all;
}
