/** Sends what was decided. */
import type { Api, ApiError } from '../../api/request.ts';
import type { Plan, Step } from './plan.ts';

/** Requests at once: a browser keeps the others waiting anyway, and the cluster is one object. */
const AT_ONCE = 6;

export interface Failure {
  step: Step;
  error: ApiError;
}

/** All steps are tried, also after one that failed: they are about different objects. */
export async function run(api: Api, { steps }: Plan, progress: (done: number) => void = () => {}): Promise<Failure[]> {
  const failures: Failure[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    for (let step = steps[next++]; step; step = steps[next++]) {
      try {
        await send(api, step);
      } catch (error) {
        failures.push({ step, error: error as ApiError });
      }
      progress(++done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, steps.length) }, work));
  return failures;
}

function send(api: Api, step: Step): Promise<unknown> {
  if (step.method === 'PATCH') return api.patch(step.path, step.patch, step.body);
  return step.method === 'POST' ? api.post(step.path, step.body) : api.delete(step.path, step.body);
}
