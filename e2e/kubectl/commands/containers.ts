/** Commands that need a container, on a real node; the pod `box` runs a busybox that counts. */
import { type Case, soon, step } from './case.ts';

export const BOX = `apiVersion: v1
kind: Pod
metadata: {name: box, labels: {app: box}}
spec:
  terminationGracePeriodSeconds: 1
  nodeName: real-1
  containers:
    - name: c
      image: 'busybox:1.36'
      stdin: true
      command: [sh, -c, 'mkdir /www; echo served > /www/index.html; httpd -p 8080 -h /www; echo begun; cat']
`;

export const IN_CONTAINERS: readonly Case[] = [
  {
    command: 'logs',
    flags: '-c, --tail, --since, --timestamps, -l, --all-containers, --prefix',
    steps: [
      step('logs box', 'begun', soon),
      step('logs box -c c --tail=1 --timestamps', /^\d{4}-\S+Z begun/),
      step('logs -l app=box --all-containers --prefix --since=1h', '[pod/box/c] begun'),
      step('logs box -c no', 'container no is not valid for pod box', { fails: true }),
    ],
  },
  {
    command: 'exec',
    flags: '-i, -c, exit codes',
    steps: [
      step('exec box -- echo hello', 'hello'),
      step('exec -i box -c c -- cat', 'typed', { input: 'typed' }),
      step(`exec box -- sh -c 'exit 3'`, 'exit code 3', { fails: true }),
    ],
  },
  {
    command: 'attach',
    flags: '-i, -c',
    // containerd lets go of a client whose input has ended, whatever has come out by then.
    steps: [step('attach box -i -c c', undefined, { input: 'into it\n' }), step('logs box', 'into it', soon)],
  },
  {
    command: 'cp',
    flags: '-c',
    steps: [
      step('cp $DIR/file box:/tmp/file -c c'),
      step('exec box -- cat /tmp/file', 'text'),
      step('cp box:/tmp/file $DIR/back'),
    ],
  },
  {
    command: 'port-forward',
    flags: 'pod/NAME',
    steps: [step('$FORWARD pod/box /', 'served')],
  },
  {
    command: 'debug',
    flags: '--image, --target, --profile, -c, -i',
    steps: [
      step(
        'debug box --image=busybox:1.36 --target=c --profile=general -c dbg -- sleep 600',
        'Targeting container "c"',
      ),
      step('get pod box -o jsonpath={.status.ephemeralContainerStatuses[0].state}', 'running', soon),
      // The processes of the target.
      step('exec box -c dbg -- ps', 'httpd -p 8080'),
    ],
  },
  {
    command: 'run',
    flags: '-i, --rm, --attach, --restart',
    steps: [
      step('run once -i --rm --image=busybox:1.36 --restart=Never --quiet -- cat', 'through', { input: 'through\n' }),
      step('get pod once', 'NotFound', { fails: true }),
    ],
  },
];
