/** A DaemonSet with a real kubectl: on every node, through a new template and back. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

const AGENT = `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      containers: [{name: agent, image: "agent:1"}]
`;

describe.skipIf('skip' in found)('a DaemonSet', () => {
  let kubectl: Kubectl;
  beforeAll(async () => {
    kubectl = await Kubectl.open({ simulatedNodes: 3 });
  });
  afterAll(() => kubectl?.[Symbol.asyncDispose]());

  const rolledOut = () => kubectl.ok('rollout status ds/agent --timeout=20s');
  const nodes = async () =>
    (await kubectl.ok('get pods -l app=agent -o jsonpath={.items[*].spec.nodeName}')).split(' ').sort();

  test('runs one pod on each node, cordoned ones too, and none where it may not', async () => {
    await kubectl.ok('cordon sim-1');
    await kubectl.ok('taint node sim-2 own=yes:NoSchedule');
    const { stdout, stderr } = await kubectl.run(['apply', '-f', '-'], AGENT);
    expect([stdout, stderr]).toEqual(['daemonset.apps/agent created\n', '']);
    expect(await rolledOut()).toContain('daemon set "agent" successfully rolled out');
    expect(await nodes()).toEqual(['sim-0', 'sim-1']);
    await kubectl.ok('taint node sim-2 own-');
    await eventually(async () => expect(await nodes()).toEqual(['sim-0', 'sim-1', 'sim-2']));
    await rolledOut();
    expect(await kubectl.ok('get ds')).toMatch(/^agent +3 +3 +3 +3 +3 +<none> +\S+$/m);
  });

  test('describe tells of its pods, and get of its revision', async () => {
    const text = await kubectl.ok('describe ds agent');
    expect(text).toMatch(/Desired Number of Nodes Scheduled: 3\n(.*\n)*Pods Status: +3 Running \/ 0 Waiting/);
    expect(text).toMatch(/Normal +SuccessfulCreate .* daemonset-controller +Created pod: agent-/);
    expect(await kubectl.ok('get controllerrevisions')).toMatch(/^agent-\S+ +daemonset.apps\/agent +1 +\S+$/m);
  });

  test('a new image replaces its pods, has a history, and is undone', async () => {
    await kubectl.ok('set image ds/agent agent=agent:2');
    await rolledOut();
    const images = () => kubectl.ok('get pods -l app=agent -o jsonpath={.items[*].spec.containers[*].image}');
    await eventually(async () => expect(await images()).toBe('agent:2 agent:2 agent:2'));
    expect(await kubectl.ok('rollout history ds/agent')).toMatch(/^1 +<none>\n2 +<none>$/m);
    expect(await kubectl.ok('rollout undo ds/agent')).toBe('daemonset.apps/agent rolled back\n');
    await rolledOut();
    await eventually(async () => expect(await images()).toBe('agent:1 agent:1 agent:1'));
    expect(await kubectl.ok('rollout history ds/agent')).toMatch(/^2 +<none>\n3 +<none>$/m);
  });

  test('drain leaves its pods, and its deletion takes them and its revisions with it', async () => {
    expect(await kubectl.fails('drain sim-0')).toContain('cannot delete DaemonSet-managed Pods');
    expect(await kubectl.ok('drain sim-0 --ignore-daemonsets')).toContain('node/sim-0 drained');
    expect(await nodes()).toEqual(['sim-0', 'sim-1', 'sim-2']);
    await kubectl.ok('delete ds agent --timeout=20s');
    await eventually(async () => expect(await kubectl.ok('get pods,controllerrevisions -o name')).toBe(''));
  });
});
