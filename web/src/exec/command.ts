/** The command that a terminal runs in a container. */

/**
 * The best shell that the image has. The shell that begins is replaced, so that the terminal ends with the one that is
 * used. `TERM` is what xterm.js understands.
 */
const BEST_SHELL =
  'TERM=xterm-256color; export TERM; for s in bash ash; do command -v $s >/dev/null 2>&1 && exec $s; done; exec sh';

export interface TerminalTarget {
  namespace: string;
  pod: string;
  container: string;
  /** A new shell, or the main process as it is. */
  mode: 'shell' | 'attach';
  /** Of attach: whether the process reads, and has a terminal. */
  stdin: boolean;
  tty: boolean;
}

export function terminalPath({ namespace, pod, container, mode, stdin, tty }: TerminalTarget): string {
  const params = new URLSearchParams({ container, stdin: String(stdin), stdout: 'true' });
  params.set('tty', String(tty));
  // A terminal has one output.
  if (!tty) params.set('stderr', 'true');
  if (mode === 'shell') for (const word of ['/bin/sh', '-c', BEST_SHELL]) params.append('command', word);
  const what = mode === 'shell' ? 'exec' : 'attach';
  return `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(pod)}/${what}?${params}`;
}

/** The runtime's words for an image without that program. */
export function isMissingShell(message: string): boolean {
  return /no such file or directory|executable file not found|not found in \$PATH/i.test(message);
}

/** The same in a terminal of one's own. */
export function kubectlLine({ namespace, pod, container, mode, stdin, tty }: TerminalTarget): string {
  const where = `-n ${namespace} ${pod} -c ${container}`;
  const flags = `${stdin ? 'i' : ''}${tty ? 't' : ''}`;
  return `kubectl ${mode === 'shell' ? 'exec' : 'attach'} ${flags ? `-${flags} ` : ''}${where}${mode === 'shell' ? ' -- sh' : ''}`;
}
