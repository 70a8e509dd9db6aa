/** Expressions of a policy, compiled one after another, since each variable may use those before it. */
import { DYN, type Type, typeText } from '../check/type.ts';
import { checkExpression, type Program, program } from '../compile.ts';
import { PlanError } from '../eval/plan.ts';
import { makeMutation } from '../mutation/types.ts';
import { policyEnvironment, variableType } from './environment.ts';

export interface Compiled {
  source: string;
  program?: Program;
  /** Why there is no program. */
  error?: string;
  /** Types fit, but upstream can make no program of them, which it calls an error of its own. */
  isInternal?: true;
  type?: Type;
}

/** The types that an expression may have, as `bool`; any where left out. */
export type Returns = readonly ('bool' | 'string' | 'null_type' | 'Object' | 'list(JSONPatch)')[];

export class PolicyExpressions {
  private readonly params: boolean;
  private readonly variables: Map<string, Type> | undefined;

  constructor({ params, variables }: { params: boolean; variables: boolean }) {
    this.params = params;
    this.variables = variables ? new Map() : undefined;
  }

  compile(source: string, returns?: Returns, { authorizer = true, variables = true, patches = false } = {}): Compiled {
    const environment = policyEnvironment({
      params: this.params,
      authorizer,
      variables: variables ? this.variables : undefined,
      patches,
    });
    const checked = checkExpression(source, environment);
    if ('issues' in checked) return { source, error: `compilation failed: ${checked.issues}` };
    const { type } = checked;
    // A wrapper will do for the type that it wraps.
    const found = type.wrapper ? type.name : typeText(type);
    if (returns && !returns.some((name) => name === found)) {
      const wanted = returns.length === 1 ? returns[0] : `one of [${returns.join(' ')}]`;
      return { source, error: `must evaluate to ${wanted} but got ${typeText(type)}` };
    }
    try {
      return { source, type, program: program(checked, environment, patches ? makeMutation : undefined) };
    } catch (error) {
      if (!(error instanceof PlanError)) throw error;
      return { source, error: `program instantiation failed: ${error.message}`, isInternal: true };
    }
  }

  /** The variable's field is dyn where it does not compile. */
  addVariable(name: string, source: string): Compiled {
    const compiled = this.compile(source);
    this.variables?.set(name, compiled.type ? variableType(compiled.type) : DYN);
    return compiled;
  }
}
