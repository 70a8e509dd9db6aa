/** Expressions, from their text to programs that can be evaluated (cel-go `cel/env.go`, `cel/program.go`). */
import { check } from './check/checker.ts';
import type { Environment } from './check/names.ts';
import type { Type } from './check/type.ts';
import { validateLiterals } from './check/validators.ts';
import { Frame, type Step, type Variables } from './eval/frame.ts';
import type { MakeStruct } from './eval/literals.ts';
import { plan } from './eval/plan.ts';
import { BudgetExceeded, working } from './eval/work.ts';
import type { Expr } from './syntax/ast.ts';
import { errorsText } from './syntax/errors.ts';
import { parse } from './syntax/parser.ts';
import { CelError, type Value } from './values/value.ts';

export interface Checked {
  expr: Expr;
  type: Type;
}

/** The checked tree, or what is wrong, as upstream prints it: `ERROR: <input>:1:6: undefined field 'foo' …`. */
export function checkExpression(source: string, environment: Environment): Checked | { issues: string } {
  const { expr, problems } = parse(source, environment.binds);
  if (problems.length > 0) return { issues: errorsText(source, problems) };
  const found = check(expr, environment);
  const all = found.length > 0 ? found : validateLiterals(expr);
  return all.length > 0 ? { issues: errorsText(source, all) } : { expr, type: expr.type as Type };
}

export interface Outcome {
  /** An error where the evaluation failed. */
  value: Value;
  cost: number;
}

export interface Program {
  /** Ends with the error of {@link BudgetExceeded} once it costs more than `limit`. */
  evaluate(variables: Variables, limit: number): Outcome;
}

/** Throws a PlanError where a literal cannot be converted. */
export function program({ expr }: Checked, environment: Environment, makeStruct?: MakeStruct): Program {
  const step: Step = plan(expr, environment.functions, makeStruct);
  return {
    evaluate(variables, limit) {
      const frame = new Frame(variables, limit);
      try {
        const { result, cost } = working(limit, () => step(frame));
        if (frame.cost + cost > limit) throw new BudgetExceeded();
        return { value: result, cost: frame.cost + cost };
      } catch (error) {
        if (!(error instanceof BudgetExceeded)) throw error;
        return { value: new CelError(error.message), cost: Math.max(frame.cost, limit) };
      }
    },
  };
}
