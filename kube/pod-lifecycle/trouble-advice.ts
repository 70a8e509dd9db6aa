/** The next step for each of the reasons that the kubelet gives (`pkg/kubelet/container`, `kuberuntime`, `images`, `eviction`). */
import type { Trouble } from './trouble.ts';
import type { TroubleAdvice } from './trouble-words.ts';

interface Rule {
  /** Only where the message has these words. */
  when?: RegExp;
  advice: TroubleAdvice;
}

const PULLING: readonly Rule[] = [
  { when: /no such host|timeout|timed out|connection refused|unreachable|dial tcp|TLS/i, advice: 'registryAway' },
  {
    when: /unauthorized|denied|forbidden|authentication required|\b40[13]\b|authorization failed/i,
    advice: 'imagePrivate',
  },
  { when: /not found|manifest unknown|no such (image|manifest)|does not exist|\b404\b/i, advice: 'imageMissing' },
  { advice: 'imagePull' },
];

const MAKING: readonly Rule[] = [
  {
    when: /executable file not found|no such file or directory|permission denied|exec format error/i,
    advice: 'command',
  },
  { advice: 'createContainer' },
];

/** By reason; the first rule that fits counts. */
const RULES: Readonly<Record<string, readonly Rule[]>> = {
  ErrImagePull: PULLING,
  ImagePullBackOff: PULLING,
  RegistryUnavailable: [{ advice: 'registryAway' }],
  InvalidImageName: [{ advice: 'imageName' }],
  ErrImageNeverPull: [{ advice: 'imageNeverPull' }],
  SignatureValidationFailed: [{ advice: 'imageSignature' }],
  ImageInspectError: [{ advice: 'imagePull' }],
  CreateContainerConfigError: [
    { when: /couldn't find key|references non-existent (secret|config) key/i, advice: 'configKey' },
    { when: /(configmap|secret) .*not found|not found.*(configmap|secret)/i, advice: 'configMissing' },
    { when: /runAsNonRoot/, advice: 'runAsRoot' },
    { advice: 'config' },
  ],
  CreateContainerError: MAKING,
  RunContainerError: MAKING,
  StartError: MAKING,
  ContainerCannotRun: MAKING,
  PostStartHookError: [{ advice: 'hook' }],
  PreStartHookError: [{ advice: 'hook' }],
  ContainerCreating: [{ advice: 'slowStart' }],
  ContainersNotReady: [{ advice: 'probe' }],
  ReadinessGatesNotReady: [{ advice: 'gates' }],
  Evicted: [{ advice: 'evicted' }],
  DeadlineExceeded: [{ advice: 'deadline' }],
  NodeLost: [{ advice: 'nodeGone' }],
  NodeShutdown: [{ advice: 'nodeGone' }],
  Terminated: [{ advice: 'nodeGone' }],
  NodeAffinity: [{ advice: 'refusedByNode' }],
  UnexpectedAdmissionError: [{ advice: 'refusedByNode' }],
};

export function troubleAdvice(trouble: Trouble): TroubleAdvice {
  const { code, reason, message } = trouble;
  const found = RULES[reason]?.find(({ when }) => when?.test(message) ?? true);
  if (found) return found.advice;
  if (reason.startsWith('OutOf') && reason !== 'OutOfMemory') return 'refusedByNode';
  if (code === 'failed') return reason === '' ? 'ended' : 'describe';
  if (reason === 'CrashLoopBackOff' || code === 'again' || code === 'againAndAgain') return endAdvice(trouble);
  return 'describe';
}

function endAdvice({ exitCode, endReason = '' }: Trouble): TroubleAdvice {
  if (endReason === 'OOMKilled') return 'outOfMemory';
  if (endReason === 'StartError' || endReason === 'ContainerCannotRun' || exitCode === 126 || exitCode === 127) {
    return 'command';
  }
  if (exitCode === 137) return 'killed';
  return exitCode === 0 ? 'completes' : 'crash';
}
