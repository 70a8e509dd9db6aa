/**
 * The kills of a pod's containers (kubelet `kuberuntime_container.go`, killContainer). They run beside the pod's loop,
 * so that a slow end holds nothing up; the loop is woken when one is over.
 */
import { containerOf, type PodAction, podEvents } from '../../../kube/pod-lifecycle/index.ts';
import type { Pod } from '../../../kube/types.ts';
import { type Handler, runHandler } from '../handlers/run-handler.ts';
import { type ActionOutcome, type PodAccess, recordEvent } from '../pods/pod-access.ts';
import type { PodPorts } from '../pods/pod-ports.ts';
import { Retries } from '../retries.ts';

type KillAction = Extract<PodAction, { do: 'kill-container' }>;

interface Kill {
  /** Ends its preStop hook: the time was shortened. */
  hook: AbortController;
  stopBy: number;
}

/** kubelet `minimumGracePeriodInSeconds`: what a container gets after its preStop hook used all its time. */
const MINIMUM_GRACE = 2;
const RETRY = { initial: 1_000, max: 60_000 };

export class ContainerKills {
  readonly #ports: PodPorts;
  readonly #access: PodAccess;
  readonly #kills = new Map<string, Kill>();
  readonly #retries: Retries;
  readonly #ended: () => void;

  /** `ended`: a kill is over. */
  constructor(ports: PodPorts, access: PodAccess, ended: () => void) {
    this.#ports = ports;
    this.#access = access;
    this.#ended = ended;
    this.#retries = new Retries(ports, RETRY);
  }

  /** The time at which each kill turns to force, by the runtime ids of the containers. */
  get stopping(): ReadonlyMap<string, number> {
    return new Map([...this.#kills].map(([id, { stopBy }]) => [id, stopBy]));
  }

  /** The cause of their failure may be over: back-offs begin anew. */
  retry(): void {
    this.#retries.clear();
  }

  kill(action: KillAction): ActionOutcome {
    const id = action.id.replace(/^.*:\/\//, '');
    const retryAt = this.#retries.heldUntil(id);
    if (retryAt !== undefined) return { acted: false, retryAt };
    const pod = this.#access.pod();
    const before = this.#kills.get(id);
    before?.hook.abort();
    const kill: Kill = {
      hook: new AbortController(),
      stopBy: this.#ports.clock.now() + action.gracePeriodSeconds * 1000,
    };
    this.#kills.set(id, kill);
    recordEvent(this.#ports, pod, podEvents.killing(action.container, action.message), action.container);
    void this.#stop(pod, action, id, kill, before !== undefined)
      .then(() => this.#retries.worked(id))
      .catch((error: unknown) => this.#failed(pod, action, id, error as Error))
      .finally(() => {
        // The runtime may still be asked by a later kill of the same container.
        if (this.#kills.get(id) === kill) this.#kills.delete(id);
        this.#ended();
      });
    return { acted: false };
  }

  #failed(pod: Pod, action: KillAction, id: string, error: Error): void {
    this.#retries.failed(id);
    const { namespace, name } = pod.metadata;
    this.#ports.log.warn(`pod ${namespace}/${name}: container ${action.container} is not killed: ${error.message}`);
    if (action.why === 'pod-ending') recordEvent(this.#ports, pod, podEvents.failedKillPod(error.message));
  }

  /** With `again`, the time of a kill that is under way was shortened: its hook has had its chance. */
  async #stop(pod: Pod, action: KillAction, id: string, { hook: abort }: Kill, again: boolean): Promise<void> {
    const { runtime, clock } = this.#ports;
    const container = containerOf(pod, action.container);
    const hook = container?.lifecycle?.preStop as Handler | undefined;
    const grace = action.gracePeriodSeconds;
    let left = grace;
    if (container && hook && grace > 0 && !again) {
      const started = clock.now();
      const target = { container, id, ip: pod.status?.podIP ?? '', isHook: true };
      const outcome = await runHandler({ runtime, clock }, hook, target, grace * 1000, abort.signal);
      if (abort.signal.aborted) return;
      if (!outcome.ok) recordEvent(this.#ports, pod, podEvents.failedPreStop(), action.container);
      // The machine's clock may have been set back.
      left = grace - Math.max(0, Math.floor((clock.now() - started) / 1000));
    }
    await runtime.stopContainer(id, Math.max(MINIMUM_GRACE, left));
  }
}
