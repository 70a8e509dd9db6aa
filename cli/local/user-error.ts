/** An error that the user can do something about: printed as one line, without a stack. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

export function fail(message: string): never {
  throw new UserError(message);
}

/** The lines that a command ends with when it fails. A stack is among them only when it is asked for. */
export function failureText(error: unknown, env: NodeJS.ProcessEnv): string {
  if (!(error instanceof Error)) return `islet: ${String(error)}`;
  const stack = env.ISLET_DEBUG ? `\n${error.stack}` : '';
  if (error instanceof UserError) return `islet: ${error.message}${stack}`;
  // A refusal of the system: "EACCES: permission denied, open '/path'" names the path.
  if ('syscall' in error) return `islet: ${error.message}: check that it is there and may be used${stack}`;
  return `islet: unexpected: ${error.message}${stack || '\nISLET_DEBUG=1 shows where; please report it'}`;
}
