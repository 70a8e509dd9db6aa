/** The kubectl line that does what is clicked, to be copied. */
import type { Target } from './plan.ts';

const PLAIN = /^[\w@%+=:,./-]+$/;

/** A word as a POSIX shell reads it. */
export function quote(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** `deployment/web`, `widget.example.com/blue`. */
export function typedName({ resource, object }: Target): string {
  return `${typeName(resource)}/${object.metadata.name}`;
}

function typeName({ singular, plural, group }: Target['resource']): string {
  // Groups of Kubernetes' own have no two kinds of one name that both are meant by it.
  const isOwn = !group.includes('.') || group.endsWith('.k8s.io');
  return isOwn ? singular : `${plural}.${group}`;
}

interface Words {
  /** `rollout restart` */
  verb: string;
  /** After the names: `--replicas=3`. Not quoted yet. */
  flags?: readonly string[];
  /** Kubectl names no kind: `cordon sim-0`. */
  bare?: boolean;
}

export function kubectlLine(targets: readonly Target[], { verb, flags = [], bare }: Words): string {
  const byNamespace = new Map<string, Target[]>();
  for (const target of targets) {
    const namespace = target.object.metadata.namespace ?? '';
    byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), target]);
  }
  const lines = [...byNamespace].map(([namespace, own]) => {
    const names = own.map((target) => (bare ? (target.object.metadata.name ?? '') : typedName(target)));
    const words = ['kubectl', ...verb.split(' '), ...names, ...flags, ...(namespace ? ['-n', namespace] : [])];
    return words.map(quote).join(' ');
  });
  return lines.join('\n');
}
