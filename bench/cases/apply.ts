/** An nginx Deployment: replaced, applied with a change, applied as it is, and created by an apply. */
import { must } from '../lib/http.ts';
import { inTurns } from '../lib/rounds.ts';
import type { Figure, Target } from '../lib/target.ts';
import { load } from '../lib/wrk.ts';
import { deployment } from './objects.ts';

const SECONDS = 4;
const PATH = '/apis/apps/v1/namespaces/default/deployments';
const APPLY = 'application/apply-patch+yaml';

/** `alone` is a cluster without controllers, whose figures are those of the requests themselves. */
export async function applyCase(targets: readonly Target[], alone: Target, runs: number): Promise<Figure[]> {
  for (const target of [...targets, alone]) await prepareApply(target);
  const withControllers = await applyFigures('Deployment', targets, runs);
  return [...withControllers, ...(await applyFigures('Deployment, without controllers', [alone], runs))];
}

async function applyFigures(title: string, targets: readonly Target[], runs: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [what, options] of Object.entries(loads())) {
    const of = await inTurns(targets, runs, (target) =>
      load(target, { connections: 1, seconds: SECONDS, ...options() }),
    );
    const name = `${title}: ${what}`;
    figures.push({ case: name, what: 'p50', unit: 'ms', values: of('p50') });
    figures.push({ case: name, what: 'server CPU a request', unit: 'CPU ms', values: of('cpu') });
  }
  return figures;
}

/** No pods are made of it: the cases are about its writes. */
function idle(name: string, mark: string): object {
  const object = deployment(name, 0);
  return { ...object, metadata: { ...object.metadata, annotations: { mark } } };
}

async function prepareApply(target: Target): Promise<void> {
  await must(target, 'POST', PATH, idle('replaced', ''));
  await must(target, 'POST', PATH, idle('applied', ''));
}

interface Request {
  path: string;
  script: string;
}

function loads(): Record<string, () => Request> {
  const forced = '?fieldManager=bench&force=true';
  const apply = (name: string, mark: string): Request => ({
    path: `${PATH}/${name}${forced}`,
    script: script('PATCH', APPLY, name, mark),
  });
  return {
    update: () => ({ path: `${PATH}/replaced`, script: script('PUT', 'application/json', 'replaced', 'NUMBER') }),
    apply: () => apply('applied', 'NUMBER'),
    'apply without a change': () => apply('applied', 'x'),
    'create by apply': () => apply(`made-${++batch}-NUMBER`, 'x'),
  };
}

let batch = 0;

/** `NUMBER`, in path and body, is another one in each request. */
function script(method: string, contentType: string, name: string, mark: string): string {
  return `
local n = 0
local body = [==[${JSON.stringify(idle(name, mark))}]==]
wrk.headers['Content-Type'] = '${contentType}'
request = function()
  n = n + 1
  local path, text = wrk.path:gsub('NUMBER', n), body:gsub('NUMBER', n)
  return wrk.format('${method}', path, nil, text)
end`;
}
