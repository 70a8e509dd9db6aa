/** An error that the user can do something about: printed as one line, without a stack. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

export function fail(message: string): never {
  throw new UserError(message);
}
