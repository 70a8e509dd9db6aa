/** A KubeSchedulerConfiguration in the cluster: pods go by its profiles, and users are told what is wrong with it. */
import { expect, test } from 'vitest';
import type { Event, Pod } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

const PODS = '/api/v1/namespaces/default/pods';
const MAPS = '/api/v1/namespaces/kube-system/configmaps';
const HEAD = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n';

const packed = `profiles:
- schedulerName: default-scheduler
- schedulerName: packed
  pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: {type: MostAllocated}}}]
  plugins: {score: {disabled: [{name: NodeResourcesBalancedAllocation}, {name: PodTopologySpread}, {name: ImageLocality}]}}
`;

test('pods are packed by one profile and spread by the other, and a wrong configuration is told and leaves both', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 2 });
  const run = async (name: string, schedulerName?: string) => {
    const containers = [{ name: 'c', image: 'web:1', resources: { requests: { cpu: '1', memory: '1Gi' } } }];
    await cluster.must(`POST ${PODS}`, { metadata: { name }, spec: { schedulerName, containers } });
    await cluster.settle();
    return (await cluster.must<Pod>(`GET ${PODS}/${name}`)).spec?.nodeName;
  };
  const first = await run('first');
  expect(await run('early', 'packed')).toBeUndefined();
  await cluster.must(`POST ${MAPS}`, { metadata: { name: 'kube-scheduler' }, data: { 'config.yaml': HEAD + packed } });
  await cluster.settle();
  expect((await cluster.must<Pod>(`GET ${PODS}/early`)).spec?.nodeName).toBe(first);
  const wrong = { data: { 'config.yaml': `${HEAD}profiles: [{schedulerName: packed, plugin: {}}]` } };
  await cluster.must(`PATCH ${MAPS}/kube-scheduler`, wrong, 'application/merge-patch+json');
  await cluster.settle();
  cluster.evict();
  await cluster.settle();
  expect(await run('late', 'packed')).toBe(first);
  expect(await run('spread')).not.toBe(first);
  const events = (await cluster.list('/api/v1/namespaces/kube-system/events')) as unknown as Event[];
  const told = events.filter(({ involvedObject }) => involvedObject.kind === 'ConfigMap');
  expect(told.map(({ type, reason, message }) => `${type} ${reason}: ${message}`).sort()).toEqual([
    'Normal ConfigurationApplied: Profiles: default-scheduler, packed',
    'Warning InvalidConfiguration: strict decoding error: unknown field "profiles[0].plugin"; the last configuration stays',
  ]);
});
