/** Operators that evaluate an operand only where it matters (cel-go `interpreter/interpretable.go`). */
import { CelError, NO_SUCH_OVERLOAD, Optional } from '../values/value.ts';
import { flattened } from './attributes.ts';
import type { Step } from './frame.ts';

/** `||` where `or`, else `&&`: an error gives way to what decides without it. */
export function logical(left: Step, right: Step, or: boolean): Step {
  return (frame) => {
    const a = left(frame);
    if (a === or) return or;
    const b = right(frame);
    if (b === or) return or;
    if (typeof a === 'boolean' && typeof b === 'boolean') return !or;
    if (a instanceof CelError) return a;
    return b instanceof CelError ? b : NO_SUCH_OVERLOAD;
  };
}

export function conditional(test: Step, yes: Step, no: Step): Step {
  return (frame) => {
    const value = test(frame);
    if (value === true) return flattened(yes(frame));
    if (value === false) return flattened(no(frame));
    return value instanceof CelError ? value : NO_SUCH_OVERLOAD;
  };
}

export function notStrictlyFalse(inner: Step): Step {
  return (frame) => {
    const value = inner(frame);
    frame.charge(1);
    return value !== false;
  };
}

/** `or`, which keeps the optional, and `orValue`. */
export function orElse(left: Step, right: Step, keep: boolean): Step {
  return (frame) => {
    const value = left(frame);
    if (!(value instanceof Optional)) return value;
    if (value.value === undefined) return right(frame);
    return keep ? value : value.value;
  };
}
