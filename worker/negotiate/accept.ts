/** Content negotiation for the edge's own answers: all of them are JSON. */

/** Whether an `Accept` header leaves room for JSON. Parameters such as `q` and `as` are the pipeline's business. */
export function acceptsJson(accept: string | null): boolean {
  if (accept === null || accept.trim() === '') return true;
  return accept.split(',').some((part) => {
    const type = part.split(';', 1)[0]?.trim().toLowerCase();
    return type === '*/*' || type === 'application/*' || type === 'application/json';
  });
}
