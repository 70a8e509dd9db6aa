/**
 * Images without a registry: small docker archives made from what the machine has, imported with `ctr`.
 * - `registry.k8s.io/pause:islet`: a static C program, for sandboxes
 * - `docker.io/library/busybox:1.36`: Debian's busybox-static
 * - `docker.io/library/nginx:1.14.2`: Debian's nginx and the libraries it needs; serves "Welcome to nginx!" on port 80
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

export const PAUSE = 'registry.k8s.io/pause:islet';
const BUSYBOX = 'docker.io/library/busybox:1.36';
const NGINX = 'docker.io/library/nginx:1.14.2';

interface ImageConfig {
  Cmd?: string[];
  Entrypoint?: string[];
  Env?: string[];
  WorkingDir?: string;
}

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Makes the three archives in `folder` (those that are missing), and returns their paths. */
export function makeImages(folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  return [
    archive(folder, 'pause', PAUSE, { Entrypoint: ['/pause'] }, fillPause),
    archive(folder, 'busybox', BUSYBOX, { Cmd: ['sh'], Env: [PATH] }, fillBusybox),
    archive(folder, 'nginx', NGINX, { Cmd: ['nginx', '-g', 'daemon off;'], Env: [PATH] }, fillNginx),
  ];
}

function archive(folder: string, name: string, tag: string, config: ImageConfig, fill: (root: string) => void): string {
  const path = join(folder, `${name}.tar`);
  if (existsSync(path)) return path;
  const work = join(folder, `${name}.work`);
  const root = join(work, 'root');
  mkdirSync(root, { recursive: true });
  fill(root);
  execFileSync('tar', ['--owner=0', '--group=0', '-C', root, '-cf', join(work, 'layer.tar'), '.']);
  const digest = createHash('sha256')
    .update(readFileSync(join(work, 'layer.tar')))
    .digest('hex');
  const image = {
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
  };
  writeFileSync(join(work, 'config.json'), JSON.stringify(image));
  const manifest = [{ Config: 'config.json', RepoTags: [tag], Layers: ['layer.tar'] }];
  writeFileSync(join(work, 'manifest.json'), JSON.stringify(manifest));
  execFileSync('tar', ['-C', work, '-cf', path, 'manifest.json', 'config.json', 'layer.tar']);
  return path;
}

function fillPause(root: string): void {
  const source = join(root, '..', 'pause.c');
  writeFileSync(
    source,
    `#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
static void leave(int s) { (void)s; _exit(0); }
static void reap(int s) { (void)s; while (waitpid(-1, 0, WNOHANG) > 0) {} }
int main(void) {
  signal(SIGINT, leave);
  signal(SIGTERM, leave);
  signal(SIGCHLD, reap);
  for (;;) pause();
}
`,
  );
  execFileSync('gcc', ['-Os', '-static', '-s', '-o', join(root, 'pause'), source]);
}

const APPLETS = (
  'sh cat echo ls sleep wget nc grep sed awk ps id env date head tail wc dd true false mkdir rm cp mv touch chmod seq ' +
  'hostname kill test stat md5sum tr yes printf stty nslookup ping ip tar gzip ln mkfifo mount httpd'
).split(' ');

function fillBusybox(root: string): void {
  for (const folder of ['bin', 'etc', 'tmp', 'root', 'var', 'proc', 'sys', 'dev']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  chmodSync(join(root, 'tmp'), 0o1777);
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
  chmodSync(join(root, 'bin/busybox'), 0o755);
  for (const applet of APPLETS) symlinkSync('busybox', join(root, 'bin', applet));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n');
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
}

function fillNginx(root: string): void {
  fillBusybox(root);
  const downloads = join(root, '..', 'packages');
  mkdirSync(downloads, { recursive: true });
  execFileSync('apt-get', ['download', '-o', 'APT::Sandbox::User=root', 'nginx', 'nginx-common'], {
    cwd: downloads,
    stdio: 'ignore',
  });
  const unpacked = join(downloads, 'unpacked');
  for (const file of readdirSync(downloads).filter((name) => name.endsWith('.deb'))) {
    execFileSync('dpkg', ['-x', join(downloads, file), unpacked]);
  }
  copy(join(unpacked, 'usr/sbin/nginx'), join(root, 'usr/sbin/nginx'));
  for (const library of librariesOf(join(unpacked, 'usr/sbin/nginx'))) copy(library, join(root, library));
  for (const folder of ['etc/nginx', 'var/log/nginx', 'var/lib/nginx', 'usr/share/nginx/html', 'run']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  writeFileSync(join(root, 'usr/share/nginx/html/index.html'), '<h1>Welcome to nginx!</h1>\n');
  writeFileSync(
    join(root, 'etc/nginx/nginx.conf'),
    `user root;
worker_processes 1;
error_log /dev/stderr;
pid /run/nginx.pid;
events { worker_connections 64; }
http {
  access_log /dev/stdout;
  server { listen 80; root /usr/share/nginx/html; }
}
`,
  );
}

function librariesOf(program: string): string[] {
  const text = execFileSync('ldd', [program], { encoding: 'utf8' });
  return [...text.matchAll(/(?:=> )?(\/[^ ]+) \(0x/g)].map((match) => match[1] ?? '');
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, 0o755);
}
