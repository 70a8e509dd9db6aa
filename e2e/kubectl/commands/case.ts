/** A command line of a case. */
export interface Step {
  /** The command line, without `kubectl`. */
  line: string;
  input?: string;
  /** Text that the output, errors included, must have. */
  says?: string | RegExp;
  fails?: true;
  /** Tried again until it holds. */
  eventually?: true;
  env?: Record<string, string>;
}

export interface Case {
  /** `create secret tls` */
  command: string;
  /** The flags that are tried, for people. */
  flags: string;
  steps: readonly Step[];
  /** Why it cannot work, where it does not: the steps show what is said instead. */
  reason?: string;
}

/** Shorthand: the command line, what it says, and the rest. */
export function step(line: string, says?: string | RegExp, rest: Omit<Step, 'line' | 'says'> = {}): Step {
  return { line, says, ...rest };
}

export const soon = { eventually: true } as const;

export const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: nginx, image: 'nginx:1.27', ports: [{containerPort: 80}]}]
`;

export const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\ndata: {a: "1"}\n';
