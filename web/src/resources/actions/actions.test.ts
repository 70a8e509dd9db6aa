import { expect, test } from 'vitest';
import { cordon, isNode } from './cordon.ts';
import { isCronJob, manualName, suspend, trigger } from './cron-job.ts';
import { actionsOf, actionsOfMany } from './index.ts';
import { kubectlLine, quote } from './kubectl-line.ts';
import { changesOf, mark } from './mark.ts';
import { canPause, pause } from './pause.ts';
import type { Target } from './plan.ts';
import { remove } from './remove.ts';
import { canRestart, restart } from './restart.ts';
import { canScale, scale } from './scale.ts';
import { planOf, targetOf } from './testing.ts';

const web = targetOf('deployments', 'web');
const PATH = '/apis/apps/v1/namespaces/shop/deployments/web';

test('words are quoted as a shell reads them', () => {
  expect(['a-b/c.d=1', '', 'two words', "it's"].map(quote)).toEqual(['a-b/c.d=1', "''", "'two words'", "'it'\\''s'"]);
});

test('one line for each namespace, with the group of kinds that a definition brought', () => {
  const other = targetOf('deployments', 'api', {}, { namespace: 'blog' });
  expect(kubectlLine([web, targetOf('widgets', 'blue'), other], { verb: 'delete' })).toBe(
    'kubectl delete deployment/web widgets.example.com/blue -n shop\nkubectl delete deployment/api -n blog',
  );
});

test('scale, through the subresource of each kind that has it', () => {
  expect(planOf(scale([web, targetOf('statefulsets', 'db')], 3))).toEqual({
    steps: [
      { method: 'PATCH', path: `${PATH}/scale`, patch: 'merge', body: { spec: { replicas: 3 } } },
      {
        method: 'PATCH',
        path: '/apis/apps/v1/namespaces/shop/statefulsets/db/scale',
        patch: 'merge',
        body: { spec: { replicas: 3 } },
      },
    ],
    kubectl: 'kubectl scale deployment/web statefulset/db --replicas=3 -n shop',
  });
  for (const count of [-1, 1.5, Number.NaN]) expect(scale([web], count)).toHaveProperty('refused');
  expect([web, targetOf('pods', 'a')].map(canScale)).toEqual([true, false]);
});

test('restart writes the annotation that kubectl writes, and does not on what is paused', () => {
  const { steps, kubectl } = planOf(restart([web], Date.parse('2026-11-28T12:00:00.5Z')));
  expect(steps).toEqual([
    {
      method: 'PATCH',
      path: PATH,
      patch: 'merge',
      body: {
        spec: {
          template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-11-28T12:00:00Z' } } },
        },
      },
    },
  ]);
  expect(kubectl).toBe('kubectl rollout restart deployment/web -n shop');
  expect(restart([web, targetOf('deployments', 'api', { spec: { paused: true } })], 0)).toEqual({
    refused: "deployment/api: can't restart paused deployment (run rollout resume first)",
  });
  expect([targetOf('daemonsets', 'a'), targetOf('pods', 'a')].map(canRestart)).toEqual([true, false]);
});

test('pause and resume, cordon and uncordon: the field is set, or goes', () => {
  const sim = targetOf('nodes', 'sim-0');
  const seen = [pause([web], true), pause([web], false), cordon([sim], true), cordon([sim], false)].map(planOf);
  expect(seen.map(({ steps, kubectl }) => [kubectl, (steps[0] as { body: { spec: object } }).body.spec])).toEqual([
    ['kubectl rollout pause deployment/web -n shop', { paused: true }],
    ['kubectl rollout resume deployment/web -n shop', { paused: null }],
    ['kubectl cordon sim-0', { unschedulable: true }],
    ['kubectl uncordon sim-0', { unschedulable: null }],
  ]);
  expect(seen[2]?.steps[0]?.path).toBe('/api/v1/nodes/sim-0');
  expect([canPause(web), canPause(sim), isNode(sim), isNode(web)]).toEqual([true, false, true, false]);
});

test('delete names what was looked at, so that nothing of the same name is deleted instead', () => {
  const { steps, kubectl } = planOf(remove([web, targetOf('pods', 'a')], { propagation: 'Orphan', grace: 0 }));
  expect(steps).toMatchObject([
    {
      method: 'DELETE',
      path: PATH,
      body: { propagationPolicy: 'Orphan', gracePeriodSeconds: 0, preconditions: { uid: 'uid-of-web' } },
    },
    { method: 'DELETE', path: '/api/v1/namespaces/shop/pods/a' },
  ]);
  expect(kubectl).toBe('kubectl delete deployment/web pod/a --cascade=orphan --grace-period=0 --force -n shop');
  const plain = planOf(remove([web], { propagation: 'Background' }));
  expect(plain.kubectl).toBe('kubectl delete deployment/web -n shop');
  expect(plain.steps[0]?.body).not.toHaveProperty('gracePeriodSeconds');
  expect(planOf(remove([web], { propagation: 'Foreground', grace: 5 })).kubectl).toBe(
    'kubectl delete deployment/web --cascade=foreground --grace-period=5 -n shop',
  );
});

const jobTemplate = { metadata: { labels: { app: 'backup' }, annotations: { a: 'b' } }, spec: { completions: 1 } };
const backup = targetOf('cronjobs', 'backup', { spec: { schedule: '* * * * *', jobTemplate } });

test('a CronJob is suspended and resumed', () => {
  expect(isCronJob(backup)).toBe(true);
  expect([true, false].map((on) => planOf(suspend([backup], on)).kubectl)).toEqual([
    `kubectl patch cronjob/backup --type=merge -p '{"spec":{"suspend":true}}' -n shop`,
    `kubectl patch cronjob/backup --type=merge -p '{"spec":{"suspend":false}}' -n shop`,
  ]);
});

test('a CronJob is run now: a Job of its template, which it owns', () => {
  const { steps, kubectl } = planOf(trigger(backup, 'backup-manual-x1'));
  expect(steps).toEqual([
    {
      method: 'POST',
      path: '/apis/batch/v1/namespaces/shop/jobs',
      body: {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: {
          name: 'backup-manual-x1',
          namespace: 'shop',
          annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', a: 'b' },
          labels: { app: 'backup' },
          ownerReferences: [
            { apiVersion: 'batch/v1', kind: 'CronJob', name: 'backup', uid: 'uid-of-backup', controller: true },
          ],
        },
        spec: { completions: 1 },
      },
    },
  ]);
  expect(kubectl).toBe('kubectl create job backup-manual-x1 --from=cronjob/backup -n shop');
  expect(manualName('n'.repeat(80), 'x1y2z')).toHaveLength(63);
});

test('labels and annotations: what is other, and what is gone', () => {
  const changes = changesOf({ app: 'web', old: '1', same: 's' }, { app: 'api', same: 's', new: 'two words' });
  expect(changes).toEqual({ app: 'api', old: null, new: 'two words' });
  const labelled = targetOf('pods', 'a', {}, { labels: { app: 'web' } });
  const plan = planOf(mark([labelled], 'labels', changes));
  expect(plan.kubectl).toBe("kubectl label pod/a old- app=api 'new=two words' --overwrite -n shop");
  expect(plan.steps[0]?.body).toEqual({ metadata: { labels: changes } });
  expect(planOf(mark([labelled], 'annotations', { note: 'x' })).kubectl).toBe('kubectl annotate pod/a note=x -n shop');
  expect(mark([labelled], 'labels', {})).toEqual({ refused: 'error: at least one label update is required' });
});

test('of rows that are chosen, what can be done with one of them is offered, and what is for one alone is not for two', () => {
  const names = (targets: Target[]) =>
    actionsOfMany(
      { ...targets[0]!.resource, verbs: ['patch', 'delete'] },
      targets.map(({ object }) => object),
    ).map(({ name }) => name);
  expect(names([web])).toEqual(['scale', 'restart', 'undo', 'pause', 'resume', 'remove']);
  const paused = targetOf('deployments', 'api', { spec: { paused: true } });
  expect(names([paused, paused])).toEqual(['scale', 'restart', 'resume', 'remove']);
  const verbs = { ...paused.resource, verbs: ['get', 'patch'] };
  expect(actionsOf(verbs, paused.object).map(({ name }) => name)).toEqual([
    'scale',
    'restart',
    'undo',
    'resume',
    'editLabels',
    'editAnnotations',
  ]);
});
