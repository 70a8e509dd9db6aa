/** The runtime port against a real containerd. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { diskUse } from '../../agent/kubelet/images/image-garbage.ts';
import { CNI_FILE, cniConfiguration } from '../../agent/network/cni.ts';
import { CriRuntime } from '../../agent/runtimes/cri/index.ts';
import {
  type ContainerConfig,
  type ImageEntry,
  RuntimeError,
  type SandboxConfig,
} from '../../agent/runtimes/runtime.ts';
import { type Containerd, startContainerd, whyNoContainerd } from './containerd.ts';

const skip = whyNoContainerd();
if (skip) console.log(`skipped: ${skip}`);

const NAMESPACES = { network: 'POD', pid: 'CONTAINER', ipc: 'POD' } as const;

describe.skipIf(skip)('the runtime port on containerd', () => {
  let containerd: Containerd;
  let runtime: CriRuntime;
  let forPod: SandboxConfig;

  beforeAll(async () => {
    containerd = await startContainerd();
    runtime = new CriRuntime(containerd.endpoint);
    const logDirectory = join(containerd.folder, 'logs');
    mkdirSync(join(logDirectory, 'c'), { recursive: true });
    forPod = {
      metadata: { name: 'p', uid: 'u1', namespace: 'default', attempt: 0 },
      hostname: 'p',
      logDirectory,
      dns: { servers: [], searches: [], options: [] },
      portMappings: [],
      labels: { 'io.kubernetes.pod.uid': 'u1' },
      annotations: {},
      cgroupParent: '',
      security: { namespaces: NAMESPACES, privileged: false, supplementalGroups: [] },
      sysctls: {},
    };
  });
  afterAll(async () => {
    runtime?.close();
    await containerd?.[Symbol.asyncDispose]();
  });

  function container(image: string, command: string[], attempt = 0): ContainerConfig {
    return {
      name: 'c',
      attempt,
      image,
      userImage: 'busybox:1.36',
      command,
      args: [],
      workingDir: '',
      env: [{ key: 'GREETING', value: 'hello' }],
      mounts: [],
      devices: [],
      labels: { 'io.kubernetes.container.name': 'c', 'io.kubernetes.pod.uid': 'u1' },
      annotations: { 'io.kubernetes.container.hash': 'abc' },
      logPath: `c/${attempt}.log`,
      stdin: false,
      stdinOnce: false,
      tty: false,
      resources: { cpuPeriod: 100_000, cpuQuota: 0, cpuShares: 2, memoryLimitInBytes: 0, oomScoreAdj: 1000 },
      security: {
        privileged: false,
        namespaces: NAMESPACES,
        addCapabilities: [],
        dropCapabilities: [],
        supplementalGroups: [],
        readonlyRootfs: false,
        noNewPrivs: false,
        maskedPaths: [],
        readonlyPaths: [],
      },
    };
  }

  test('the runtime tells its name and version, and that its network is ready once there is a configuration', async () => {
    expect(await runtime.version()).toMatchObject({ name: 'containerd', version: expect.stringMatching(/^\d+\.\d+/) });
    const before = await runtime.status();
    expect(before).toMatchObject({ runtimeReady: true, networkReady: false });
    writeFileSync(join(before.cni?.confDir ?? '', CNI_FILE), cniConfiguration('10.244.250.0/24'));
    for (let tries = 0; tries < 50 && !(await runtime.status()).networkReady; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await runtime.status()).toMatchObject({ networkReady: true });
  });

  test('a container runs in its sandbox, is seen by its labels, writes its log, answers a command and ends', async () => {
    const image = await runtime.image('busybox:1.36');
    if (!image) throw new Error('busybox is not there');
    const sandbox = await runtime.runSandbox(forPod, '');
    expect((await runtime.sandboxIPs(sandbox))?.[0]).toMatch(/^10\.244\.250\./);
    const id = await runtime.createContainer(
      sandbox,
      container(image.id, ['sh', '-c', 'echo $GREETING; trap "exit 5" TERM; while :; do sleep 0.1; done']),
      forPod,
    );
    let changes = 0;
    const unwatch = runtime.watch(() => changes++);
    await runtime.startContainer(id);
    expect(await runtime.containers()).toMatchObject([
      { id, sandbox, name: 'c', attempt: 0, state: 'running', annotations: { 'io.kubernetes.container.hash': 'abc' } },
    ]);
    const run = await runtime.run(id, ['sh', '-c', 'echo out; echo err >&2; exit 4'], 5);
    expect([run.exitCode, run.stdout.toString(), run.stderr.toString()]).toEqual([4, 'out\n', 'err\n']);
    await expect(runtime.run(id, ['sleep', '30'], 1)).rejects.toBeInstanceOf(RuntimeError);
    await runtime.stopContainer(id, 5);
    expect(await runtime.container(id)).toMatchObject({ state: 'exited', exitCode: 5, reason: 'Error' });
    expect(readFileSync(join(forPod.logDirectory, 'c/0.log'), 'utf8')).toMatch(/ stdout F hello\n$/);
    await expect.poll(() => changes).toBeGreaterThan(0);
    unwatch();

    const broken = await runtime.createContainer(sandbox, container(image.id, ['/no/such/program'], 1), forPod);
    await expect(runtime.startContainer(broken)).rejects.toThrow(/no such file/);
    expect(await runtime.container(broken)).toMatchObject({ state: 'exited', exitCode: 128, reason: 'StartError' });

    await runtime.stopSandbox(sandbox);
    await runtime.removeSandbox(sandbox);
    expect(await runtime.containers()).toEqual([]);
    expect(await runtime.container(id)).toBeUndefined();
    expect(await runtime.sandboxIPs(sandbox)).toBeUndefined();
  });

  test('streams of a command, a port and a log are Node streams, and end with their signal', async () => {
    const image = (await runtime.image('busybox:1.36')) as ImageEntry;
    const config = { ...forPod, metadata: { ...forPod.metadata, uid: 'u2', name: 'q' }, labels: {} };
    const sandbox = await runtime.runSandbox(config, '');
    const serve = 'echo started; while :; do echo answer | nc -l -p 8000; done';
    const id = await runtime.createContainer(sandbox, container(image.id, ['sh', '-c', serve], 7), config);
    await runtime.startContainer(id);
    const wanted = new AbortController();
    const flags = { stdin: true, stdout: true, stderr: true, tty: false };

    const command = await runtime.exec(id, ['sh', '-c', 'cat; echo err >&2; exit 3'], flags, wanted.signal);
    command.stdin?.end('through');
    const [out, err] = [command.stdout, command.stderr].map((stream) => text(stream as Readable));
    expect(await command.ended).toMatchObject({ exitCode: 3 });
    expect([await out, await err]).toEqual(['through', 'err\n']);
    const missing = await runtime.exec(id, ['no-such-program'], flags, wanted.signal);
    expect(await missing.ended).toEqual({ message: expect.stringContaining('executable file not found') });

    expect(await text(await runtime.portForward(sandbox, 8000, wanted.signal))).toBe('answer\n');
    const closed = await runtime.portForward(sandbox, 9, wanted.signal);
    await expect(text(closed)).rejects.toThrow(/refused/);

    let log = '';
    const write = async (data: Buffer) => {
      log += data;
    };
    await runtime.logs(id, { follow: false, previous: false, timestamps: false }, { write, stopped: () => false });
    expect(log).toBe('started\n');
    expect(await runtime.stats()).toMatchObject([{ id, cpu: expect.any(Number), memory: expect.any(Number) }]);
    await runtime.updateResources(id, { ...container(image.id, []).resources, memoryLimitInBytes: 64 << 20 });

    const endless = await runtime.exec(id, ['sleep', '1000'], flags, wanted.signal);
    wanted.abort();
    await expect(endless.ended).rejects.toThrow();
    await runtime.stopSandbox(sandbox);
    await runtime.removeSandbox(sandbox);
  });

  test('images lie in a folder of the runtime’s, and one that is removed is there no more', async () => {
    const folder = await runtime.imageFolder();
    expect(folder).toContain(containerd.folder);
    expect((await diskUse(folder))?.capacity).toBeGreaterThan(0);
    const image = (await runtime.image('busybox:1.36')) as ImageEntry;
    for (const { id } of await runtime.containers()) await runtime.removeContainer(id);
    await runtime.removeImage(image.id);
    expect(await runtime.image('busybox:1.36')).toBeUndefined();
  });

  test('an image that cannot be had is an error with the reason', async () => {
    expect(await runtime.image('nowhere.invalid/none:1')).toBeUndefined();
    await expect(runtime.pullImage('127.0.0.1:1/none:1')).rejects.toThrow(/failed to pull and unpack image/);
  });
});
