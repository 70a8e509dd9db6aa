/** Which overloads of a function take arguments of some types (cel-go `checker.go` resolveOverload). */
import type { CelFunction, Overload } from '../library/define.ts';
import { type Bindings, DYN, isDyn, sameType, type Type } from './type.ts';

/** All that do; their common type is that of the first, or dyn. undefined where none does. */
export function resolveOverloads(
  { overloads }: CelFunction,
  member: boolean,
  args: readonly Type[],
  bindings: Bindings,
  fresh: () => Type,
): { ids: string[]; type: Type } | undefined {
  const ids: string[] = [];
  let result: Type | undefined;
  for (const overload of overloads) {
    if (overload.member !== member) continue;
    const { params, returns } = instantiate(overload, fresh);
    if (!bindings.assignable(args, params)) continue;
    ids.push(overload.id);
    const type = bindings.substitute(returns, false);
    if (!result) result = type;
    else if (!isDyn(result) && !sameType(type, result)) result = DYN;
  }
  return result && { ids, type: result };
}

/** The overload's types with parameters of their own. */
function instantiate(overload: Overload, fresh: () => Type): { params: readonly Type[]; returns: Type } {
  if (overload.params.length === 0) return { params: overload.args, returns: overload.result };
  const names = new Map(overload.params.map((name) => [name, fresh()]));
  const replace = (type: Type): Type =>
    type.kind === 'param' ? (names.get(type.name) ?? type) : { ...type, params: type.params.map(replace) };
  return { params: overload.args.map(replace), returns: replace(overload.result) };
}
