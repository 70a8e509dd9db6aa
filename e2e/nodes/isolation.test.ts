/** Isolation settings of a pod are applied or refused, never left out. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { describeOnNode } from './machine.ts';

describeOnNode('isolation', (rig) => {
  const events = (name: string) => rig.ok(`events --for pod/${name}`);

  test('a RuntimeClass’s handler is what the runtime is asked for', async () => {
    const runtimeClass = {
      apiVersion: 'node.k8s.io/v1',
      kind: 'RuntimeClass',
      metadata: { name: 'strange' },
      handler: 'strange',
    };
    await rig.ok('apply -f -', JSON.stringify(runtimeClass));
    await rig.apply('classy', {}, { runtimeClassName: 'strange' });
    await eventually(async () => expect(await events('classy')).toContain('no runtime for "strange" is configured'));
    expect((await rig.pod('classy')).status?.phase).toBe('Pending');
  });

  test('users of its own are refused while the runtime has none', async () => {
    await rig.apply('users', {}, { hostUsers: false });
    await eventually(async () =>
      expect(await events('users')).toContain(
        "can't set `spec.hostUsers: false`, runtime does not support user namespaces",
      ),
    );
  });

  test('settings of the whole node’s kernel fail the pod', async () => {
    await rig.apply('kernel', {}, { securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } });
    await eventually(async () =>
      expect((await rig.pod('kernel')).status).toMatchObject({ phase: 'Failed', reason: 'SysctlForbidden' }),
    );
  });

  test('user, group, and the group of its volumes are the pod’s', async () => {
    const securityContext = { runAsUser: 1000, runAsGroup: 2000, fsGroup: 3000, supplementalGroups: [4000] };
    const volumes = [{ name: 'data', emptyDir: {} }];
    const volumeMounts = [{ name: 'data', mountPath: '/data' }];
    const command = [
      'sh',
      '-c',
      'id -u; id -g; id -G; touch /data/f; stat -c %g /data/f; echo bye > /dev/termination-log',
    ];
    await rig.apply('user', { command, volumeMounts }, { securityContext, volumes, restartPolicy: 'Never' });
    await eventually(async () => expect((await rig.pod('user')).status?.phase).toBe('Succeeded'));
    const [uid, gid, groups, owner] = (await rig.ok('logs user')).trim().split('\n');
    expect([uid, gid, owner]).toEqual(['1000', '2000', '3000']);
    expect(groups?.split(' ').sort()).toEqual(['2000', '3000', '4000']);
    const { state } = (await rig.pod('user')).status?.containerStatuses?.[0] ?? {};
    expect(state?.terminated?.message).toBe('bye\n');
  });

  test('a group without a user, a seccomp profile of the node, and a full name are what the pod asks for', async () => {
    const folder = join(rig.machine.folder, 'agent', 'seccomp');
    mkdirSync(folder, { recursive: true });
    const forbidden = { names: ['chmod', 'fchmod', 'fchmodat'], action: 'SCMP_ACT_ERRNO' };
    writeFileSync(
      join(folder, 'no-chmod.json'),
      JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [forbidden] }),
    );
    const command = ['sh', '-c', 'id -u; id -g; hostname; grep data /etc/hosts; chmod 700 /tmp 2>/dev/null || echo no'];
    const seccompProfile = { type: 'Localhost', localhostProfile: 'no-chmod.json' };
    const names = { hostname: 'db', subdomain: 'data', setHostnameAsFQDN: true };
    await rig.apply(
      'named',
      { command, securityContext: { runAsGroup: 3000, seccompProfile } },
      { ...names, restartPolicy: 'Never' },
    );
    await eventually(async () => expect((await rig.pod('named')).status?.phase).toBe('Succeeded'));
    const { podIP } = (await rig.pod('named')).status ?? {};
    const full = 'db.data.default.svc.cluster.local';
    expect(await rig.ok('logs named')).toBe(`0\n3000\n${full}\n${podIP}\t${full}\tdb\nno\n`);
  });
});
