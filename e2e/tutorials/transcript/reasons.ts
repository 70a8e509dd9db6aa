/** Why a line of a page cannot be followed on simulated nodes. */
export const REASONS = {
  exec: 'no container runs on a simulated node, so there is none to run a command in (`kubectl exec`, `attach`, `cp`, `debug`)',
  output:
    'the output of a program (`kubectl logs`): a simulated container logs what an annotation says, and no program runs',
  network: 'a request to a pod, a Service or a node (`curl`, `kubectl port-forward`, DNS): nothing listens there',
  shell: 'a shell on the node itself',
  tool: 'another tool than kubectl (minikube, kind, a package manager) that makes or changes a cluster of its own',
  behaviour:
    'what the program in the container does (it ends, fails a probe, uses memory): an annotation says that here',
  old: 'kubectl 1.36 refuses the line by itself, before it asks a cluster',
} as const;

export type Reason = keyof typeof REASONS;
