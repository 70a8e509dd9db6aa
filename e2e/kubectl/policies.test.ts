/** Admission policies that mutate and validate, and the parts of a pod that have endpoints of their own. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

const GROUP = 'admissionregistration.k8s.io/v1';
const list = (...items: object[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
const rule = (apiGroups: string[], resources: string[]) => ({
  resourceRules: [{ operations: ['CREATE', 'UPDATE'], apiGroups, apiVersions: ['v1'], resources }],
});

describe.skipIf('skip' in found)('admission policies', () => {
  let kubectl: Kubectl;
  beforeAll(async () => {
    kubectl = await Kubectl.open();
  });
  afterAll(() => kubectl?.[Symbol.asyncDispose]());

  test('a mutating policy adds to what is applied, and a dry run shows it', async () => {
    const expression =
      'Object{spec: Object.spec{template: Object.spec.template{metadata: Object.spec.template.metadata{labels: {"team": "a"}}}}}';
    const patch = '[JSONPatch{op: "add", path: "/metadata/annotations", value: {"patched": "yes"}}]';
    const policy = {
      apiVersion: GROUP,
      kind: 'MutatingAdmissionPolicy',
      metadata: { name: 'team' },
      spec: {
        matchConstraints: rule(['apps'], ['deployments']),
        reinvocationPolicy: 'Never',
        mutations: [
          { patchType: 'ApplyConfiguration', applyConfiguration: { expression } },
          { patchType: 'JSONPatch', jsonPatch: { expression: `!has(object.metadata.annotations) ? ${patch} : []` } },
        ],
      },
    };
    const binding = {
      apiVersion: GROUP,
      kind: 'MutatingAdmissionPolicyBinding',
      metadata: { name: 'team' },
      spec: { policyName: 'team' },
    };
    await kubectl.ok('apply -f -', list(policy, binding));
    expect(await kubectl.ok('get mutatingadmissionpolicies')).toMatch(
      /NAME +MUTATIONS +PARAMKIND +AGE\nteam +2 +<unset>/,
    );
    const dry = await kubectl.ok('create deployment web --image=nginx --dry-run=server -o yaml');
    expect(dry).toContain('patched: "yes"');
    await kubectl.ok('create deployment web --image=nginx');
    const { metadata, spec } = await kubectl.json<{
      metadata: { annotations: object };
      spec: { template: { metadata: { labels: object } } };
    }>('get deployment web');
    expect(spec.template.metadata.labels).toEqual({ app: 'web', team: 'a' });
    expect(metadata.annotations).toMatchObject({ patched: 'yes' });
    const wrong = {
      ...policy,
      spec: {
        ...policy.spec,
        mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{spec: 1' } }],
      },
    };
    expect(await kubectl.fails('apply -f -', list(wrong))).toContain(
      'compilation failed: ERROR: <input>:1:15: Syntax error',
    );
  });

  test('a validating policy says in its status where its types do not fit', async () => {
    const policy = {
      apiVersion: GROUP,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'replicas' },
      spec: {
        matchConstraints: rule(['apps'], ['deployments']),
        validations: [{ expression: 'object.spec.replicas <= "5"' }],
      },
    };
    await kubectl.ok('apply -f -', list(policy));
    await kubectl.ok(
      `wait validatingadmissionpolicy/replicas --for=jsonpath={.status.observedGeneration}=1 --timeout=20s`,
    );
    const warning = await kubectl.ok(
      'get validatingadmissionpolicy replicas -o jsonpath={.status.typeChecking.expressionWarnings[0].warning}',
    );
    expect(warning).toContain(
      "apps/v1, Kind=Deployment: ERROR: <input>:1:22: found no matching overload for '_<=_' applied to '(int, string)'",
    );
  });

  test('resources change through resize, and ephemeral containers through their own endpoint', async () => {
    const spec = { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '10m' } } }] };
    await kubectl.ok(
      'apply -f -',
      list({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p' },
        spec: { ...spec, schedulingGates: [{ name: 'example.com/wait' }] },
      }),
    );
    const patch = JSON.stringify({ spec: { containers: [{ name: 'c', resources: { requests: { cpu: '20m' } } }] } });
    expect(await kubectl.fails(`patch pod p -p ${patch}`)).toContain('pod updates may not change fields other than');
    expect(await kubectl.ok(`patch pod p --subresource resize -p ${patch}`)).toBe('pod/p patched\n');
    expect(await kubectl.ok('get pod p -o jsonpath={.spec.containers[0].resources.requests.cpu}')).toBe('20m');
    expect(await kubectl.ok('get pod p --subresource resize -o name')).toBe('pod/p\n');
    const running = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'r' }, spec };
    await kubectl.ok('apply -f -', list(running));
    await kubectl.ok('wait pod/r --for=condition=Ready --timeout=30s');
    await kubectl.ok(`patch pod r --subresource resize -p ${patch}`);
    await kubectl.ok(
      'wait pod/r --for=jsonpath={.status.containerStatuses[0].resources.requests.cpu}=20m --timeout=30s',
    );
    // Without a terminal kubectl does not wait for the container.
    await kubectl.ok('debug p --image=busybox -c debugger');
    expect(await kubectl.ok('get pod p -o jsonpath={.spec.ephemeralContainers[*].name}')).toBe('debugger');
  });
});
