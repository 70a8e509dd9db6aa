/** Errors, and the words in which kubectl tells them. */
import type { Status } from '../../../kube/machinery/status.ts';

/** Ends a command. The message is told after `error: `, unless it begins so itself. */
export class CommandError extends Error {
  readonly code: number;

  constructor(message: string, code = 1) {
    super(message);
    this.name = 'CommandError';
    this.code = code;
  }
}

/** Told as it is, without `error: `. An empty text ends the command without a word. */
export class PlainError extends CommandError {}

/** An answer of the API that is a failure. */
export class StatusError extends Error {
  readonly status: Partial<Status>;

  constructor(status: Partial<Status>) {
    super(status.message || 'unknown');
    this.name = 'StatusError';
    this.status = status;
  }

  is(reason: string): boolean {
    return this.status.reason === reason;
  }
}

export class Aggregate extends Error {
  readonly errors: readonly unknown[];

  constructor(errors: readonly unknown[]) {
    super(errors.map((error) => (error as Error).message).join('\n'));
    this.name = 'Aggregate';
    this.errors = errors;
  }
}

/** Throws what there is: one error as itself. */
export function throwAll(errors: readonly unknown[]): void {
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new Aggregate(errors);
}

export function isNotFound(error: unknown): boolean {
  return error instanceof StatusError && error.is('NotFound');
}

export function isConflict(error: unknown): boolean {
  return error instanceof StatusError && error.is('Conflict');
}

/** The error again, with what was being done to which file or object. */
export function withSource(verb: string, source: string | undefined, error: unknown): Error {
  if (!source) return error as Error;
  const message = `error when ${verb} ${JSON.stringify(source)}: ${(error as Error).message}`;
  return error instanceof StatusError ? new StatusError({ ...error.status, message }) : new CommandError(message);
}

function standardText(error: unknown): string | undefined {
  if (!(error instanceof StatusError)) return undefined;
  const { reason, message } = error.status;
  if (reason === 'Unauthorized') return `error: You must be logged in to the server (${message})`;
  return reason ? `Error from server (${reason}): ${error.message}` : `Error from server: ${error.message}`;
}

function invalidText({ status }: StatusError): string {
  const { details, message } = status;
  if (!details) return message ? `The request is invalid: ${message}` : 'The request is invalid';
  const causes = details.causes ?? [];
  let text = 'The request is invalid';
  if (details.kind || details.name) text = `The ${details.kind ?? ''} ${JSON.stringify(details.name ?? '')} is invalid`;
  else if (message && causes.length === 0) text += `: ${message}`;
  if (causes.length === 0) return text;
  const told = [...new Set(causes.map((cause) => `${cause.field ?? ''}: ${cause.message ?? ''}`))];
  return told.length === 1 ? `${text}: ${told[0]}` : [`${text}: `, ...told.map((each) => `* ${each}`)].join('\n');
}

/** The text of an error, without the newline at its end, and the exit code. */
export function told(error: unknown): { text: string; code: number } {
  if (error instanceof Aggregate) {
    const lines = error.errors.map((each) => standardText(each) ?? (each as Error).message);
    return { text: lines.join('\n'), code: 1 };
  }
  if (error instanceof PlainError) return { text: error.message, code: error.code };
  if (error instanceof StatusError && error.is('Invalid')) return { text: invalidText(error), code: 1 };
  const standard = standardText(error);
  if (standard !== undefined) return { text: standard, code: 1 };
  const { message } = error as Error;
  const code = error instanceof CommandError ? error.code : 1;
  return { text: message.startsWith('error: ') ? message : `error: ${message}`, code };
}
