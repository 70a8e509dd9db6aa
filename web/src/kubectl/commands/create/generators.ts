/** The commands beneath `kubectl create`. */
import type { Command } from '../../command.ts';
import { configmap, namespace, poddisruptionbudget, priorityclass, quota, serviceaccount } from './config.ts';
import { ingress } from './ingress.ts';
import { clusterrole, clusterrolebinding, role, rolebinding } from './rbac.ts';
import { secret } from './secret.ts';
import { services } from './service.ts';
import { token } from './token.ts';
import { cronjob, deployment, job } from './workloads.ts';

export const GENERATORS: readonly Command[] = [
  clusterrole,
  clusterrolebinding,
  configmap,
  cronjob,
  deployment,
  ingress,
  job,
  namespace,
  poddisruptionbudget,
  priorityclass,
  quota,
  role,
  rolebinding,
  secret,
  services,
  serviceaccount,
  token,
];
