/**
 * The variables of a policy as one object, each evaluated when it is first read (apiserver
 * `plugin/cel/composition.go`).
 */
import { CelError, Dict, type Value } from '../values/value.ts';
import type { Compiled } from './expressions.ts';

export function policyVariables(
  variables: ReadonlyMap<string, Compiled>,
  evaluate: (compiled: Compiled) => Value,
): Value {
  return new LazyVariables(variables, evaluate);
}

class LazyVariables extends Dict {
  override readonly typeName = 'kubernetes.variables';
  private readonly variables: ReadonlyMap<string, Compiled>;
  private readonly evaluate: (compiled: Compiled) => Value;
  private readonly known = new Map<string, Value>();

  constructor(variables: ReadonlyMap<string, Compiled>, evaluate: (compiled: Compiled) => Value) {
    super();
    this.variables = variables;
    this.evaluate = evaluate;
  }

  get size(): number {
    return this.variables.size;
  }

  keys(): Value[] {
    return [...this.variables.keys()];
  }

  find(key: Value): Value | undefined {
    const variable = typeof key === 'string' ? this.variables.get(key) : undefined;
    if (!variable || typeof key !== 'string') return undefined;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const value = this.read(key, variable);
    this.known.set(key, value);
    return value;
  }

  private read(name: string, variable: Compiled): Value {
    const quoted = JSON.stringify(name);
    if (variable.error !== undefined) {
      return new CelError(`composited variable ${quoted} fails to compile: ${variable.error}`);
    }
    const value = this.evaluate(variable);
    if (!(value instanceof CelError)) return value;
    return new CelError(`composited variable ${quoted} fails to evaluate: ${value.message}`);
  }
}
