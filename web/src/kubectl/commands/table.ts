/** The commands of kubectl, one line each. */
import type { Command } from '../command.ts';
import { apiResources, apiVersions, clusterInfo, version } from './api.ts';
import { apply } from './apply.ts';
import { auth } from './auth.ts';
import { config } from './config.ts';
import { create } from './create/index.ts';
import { remove } from './delete.ts';
import { describe } from './describe.ts';
import { diff } from './diff.ts';
import { cordon, drain, uncordon } from './drain.ts';
import { edit } from './edit.ts';
import { events } from './events.ts';
import { attach, exec } from './exec.ts';
import { explain } from './explain.ts';
import { expose } from './expose.ts';
import { get } from './get.ts';
import { help, options } from './help.ts';
import { annotate, label } from './label.ts';
import { logs } from './logs.ts';
import { patch } from './patch.ts';
import { replace } from './replace.ts';
import { rollout } from './rollout/index.ts';
import { run } from './run.ts';
import { autoscale, scale } from './scale.ts';
import { set } from './set/index.ts';
import { taint } from './taint.ts';
import { top } from './top.ts';
import { wait } from './wait.ts';

export const KUBECTL: Command = {
  name: 'kubectl',
  short: 'kubectl controls the Kubernetes cluster manager',
  long: 'kubectl controls the Kubernetes cluster manager. It runs in this page; nothing needs to be installed.',
  commands: [
    create,
    expose,
    run,
    set,
    explain,
    get,
    edit,
    remove,
    rollout,
    scale,
    autoscale,
    clusterInfo,
    top,
    cordon,
    uncordon,
    drain,
    taint,
    describe,
    logs,
    attach,
    exec,
    auth,
    events,
    diff,
    apply,
    patch,
    replace,
    wait,
    label,
    annotate,
    apiResources,
    apiVersions,
    config,
    version,
    help(() => KUBECTL),
    options,
  ],
};
