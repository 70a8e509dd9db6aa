/** The reason why a patch could not be applied: `bad-request` → 400, `unprocessable` → 422, `too-large` → 413. */
export class PatchError extends Error {
  readonly code: 'bad-request' | 'unprocessable' | 'too-large';

  constructor(code: PatchError['code'], message: string) {
    super(message);
    this.name = 'PatchError';
    this.code = code;
  }
}
