/** The controllers: one file and one line each. */
import { deploymentController } from './deployment-controller.ts';
import { replicaSetController } from './replicaset-controller.ts';
import type { Controller } from './runtime/controller.ts';

export interface ControllerOptions {
  /** PEM text that clients inside the cluster trust (`kube-root-ca.crt`). */
  rootCA: string;
}

export function createControllers(_options: ControllerOptions): Controller[] {
  return unique([deploymentController, replicaSetController]);
}

function unique(controllers: Controller[]): Controller[] {
  const names = new Set<string>();
  for (const { name } of controllers) {
    if (names.has(name)) throw new Error(`two controllers are called ${name}`);
    names.add(name);
  }
  return controllers;
}
