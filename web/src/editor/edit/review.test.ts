import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { Api } from '../../api/request.ts';
import { apply, type Edit, review } from './review.ts';
import { textOf } from './text-of.ts';

const PATH = '/apis/apps/v1/namespaces/default/deployments/web';

function deployment(revision: number, spec: object, status = {}): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', uid: '1', resourceVersion: String(revision) },
    spec,
    status,
  } as unknown as KubeObject;
}

/** A server of one object; `refuse` answers its next write. */
function server(live: KubeObject) {
  const state = {
    live,
    writes: [] as { query: string; body: KubeObject }[],
    refuse: undefined as Response | undefined,
  };
  const fetcher = async (address: string | URL | Request, init?: RequestInit): Promise<Response> => {
    if (init?.method === 'GET') return new Response(JSON.stringify(state.live));
    const body = JSON.parse(String(init?.body)) as KubeObject;
    state.writes.push({ query: String(address).split('?')[1] ?? '', body });
    const refusal = state.refuse;
    state.refuse = undefined;
    if (refusal) return refusal;
    const headers = { warning: '299 - "spec.old is deprecated"' };
    return new Response(JSON.stringify({ ...body, spec: { ...(body as { spec?: object }).spec, added: 1 } }), {
      headers,
    });
  };
  return { state, api: new Api('', fetcher as typeof fetch) };
}

function editOf(api: Api, base: KubeObject, from: string, to: string): Edit {
  return { api, path: PATH, base, text: textOf(base).replace(from, to) };
}

test('shows what the server would make of it, with its warnings, on top of what controllers reported meanwhile', async () => {
  const base = deployment(1, { replicas: 1 });
  const { state, api } = server(deployment(7, { replicas: 1 }, { ready: 1 }));
  const found = await review(editOf(api, base, 'replicas: 1', 'replicas: 2'));
  if (found.outcome !== 'ready') throw new Error(found.outcome);
  expect(found.warnings).toEqual(['spec.old is deprecated']);
  expect(found.before).toContain('replicas: 1\nstatus:\n  ready: 1');
  expect(found.edit.base.metadata.resourceVersion).toBe('7');
  expect(found.after).toContain('replicas: 2\n  added: 1');
  expect(state.writes[0]?.query).toBe('dryRun=All&fieldManager=islet-dashboard&fieldValidation=Strict');
  expect(state.writes[0]?.body.metadata.resourceVersion).toBe('7');
  expect(await apply(found.edit)).toMatchObject({ outcome: 'applied' });
  expect(state.writes[1]?.query).not.toContain('dryRun');
});

test('another’s change comes first', async () => {
  const base = deployment(1, { replicas: 1, paused: false });
  const { state, api } = server(deployment(2, { replicas: 1, paused: true }));
  const found = await review(editOf(api, base, 'replicas: 1', 'replicas: 5'));
  expect(found).toMatchObject({ outcome: 'moved', merged: { conflicts: 1 } });
  expect(state.writes).toEqual([]);
});

test('one who was faster in the last moment is looked at, too', async () => {
  const base = deployment(1, { replicas: 1 });
  const { state, api } = server(base);
  const found = await review(editOf(api, base, 'replicas: 1', 'replicas: 2'));
  state.live = deployment(2, { replicas: 4 });
  state.refuse = new Response(JSON.stringify({ reason: 'Conflict', message: 'modified' }), { status: 409 });
  expect(await apply(found.edit)).toMatchObject({ outcome: 'moved' });
});

test('a controller that reported in the last moment is no reason to ask again', async () => {
  const base = deployment(1, { replicas: 1 });
  const { state, api } = server(base);
  const found = await review(editOf(api, base, 'replicas: 1', 'replicas: 2'));
  state.live = deployment(2, { replicas: 1 }, { ready: 1 });
  state.refuse = new Response(JSON.stringify({ reason: 'Conflict', message: 'modified' }), { status: 409 });
  expect(await apply(found.edit)).toMatchObject({ outcome: 'applied' });
  expect(state.writes.at(-1)?.body.metadata.resourceVersion).toBe('2');
});

test('what is refused, unreadable or gone', async () => {
  const base = deployment(1, { replicas: 1 });
  const { state, api } = server(base);
  const message = 'strict decoding error: unknown field "spec.replicass"';
  state.refuse = new Response(JSON.stringify({ message }), { status: 400 });
  const edit = editOf(api, base, 'replicas', 'replicass');
  const start = edit.text.indexOf('replicass');
  expect(await review(edit)).toMatchObject({
    outcome: 'refused',
    problems: [{ message: 'unknown field "spec.replicass"', at: { from: start, to: start + 9 } }],
  });
  expect(await review(editOf(api, base, 'spec:', 'spec: ['))).toMatchObject({ outcome: 'refused' });
  state.live = { ...base, metadata: { ...base.metadata, uid: '2' } };
  expect(await review(edit)).toMatchObject({ outcome: 'gone' });
});
