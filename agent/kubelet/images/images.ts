/** The images of containers, pulled as their policy says (kubelet `images/image_manager.go`). */
import {
  type BackOffEntry,
  backOffUntil,
  CONTAINER_BACK_OFF,
  type PodEvent,
  podEvents,
  stepBackOff,
} from '../../../kube/pod-lifecycle/index.ts';
import type { Container, Pod, Secret } from '../../../kube/types.ts';
import type { Clock } from '../../clock.ts';
import type { ImageEntry, RegistryCredentials, Runtime } from '../../runtimes/runtime.ts';

/** Shown as the container's waiting reason. */
export class ImageError extends Error {
  readonly reason: 'ErrImagePull' | 'ImagePullBackOff' | 'ErrImageNeverPull' | 'InvalidImageName';
  /** The time from which another try makes sense; milliseconds since the epoch. */
  readonly retryAt: number | undefined;

  constructor(reason: ImageError['reason'], message: string, retryAt?: number) {
    super(message);
    this.reason = reason;
    this.retryAt = retryAt;
  }
}

export interface ImageRequest {
  pod: Pod;
  container: Container;
  secret(name: string): Promise<Secret | undefined>;
  event(event: PodEvent): void;
}

/** Told which images the agent has brought here, and which it needs. */
export interface ImageUse {
  pulled(id: string): Promise<void>;
  needed(id: string): Promise<void>;
}

export class ImageManager {
  readonly #runtime: Runtime;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #garbage: ImageUse | undefined;
  readonly #backOff = new Map<string, BackOffEntry & { failedAt: number; error: string; reported: boolean }>();

  constructor(runtime: Runtime, clock: Pick<Clock, 'now'>, garbage?: ImageUse) {
    this.#runtime = runtime;
    this.#clock = clock;
    this.#garbage = garbage;
  }

  /** Drops the back-offs of a pod that is gone. */
  forget(uid: string): void {
    for (const key of this.#backOff.keys()) if (key.startsWith(`${uid}_`)) this.#backOff.delete(key);
  }

  /** Throws {@link ImageError}. */
  async ensure(request: ImageRequest): Promise<ImageEntry> {
    const image = request.container.image ?? '';
    const reference = normalReference(image);
    if (!reference)
      throw new ImageError(
        'InvalidImageName',
        `Failed to apply default image tag "${image}": couldn't parse image name`,
      );
    const policy = request.container.imagePullPolicy ?? (reference.endsWith(':latest') ? 'Always' : 'IfNotPresent');
    const present = await this.#runtime.image(reference);
    if (policy === 'Never' && !present) {
      request.event(podEvents.neverPulled(image));
      throw new ImageError('ErrImageNeverPull', `Container image "${image}" is not present with pull policy of Never`);
    }
    if (present && policy !== 'Always') {
      await this.#garbage?.needed(present.id);
      request.event(podEvents.alreadyPresent(image));
      return present;
    }
    return this.#pull(request, image, reference);
  }

  async #pull(request: ImageRequest, image: string, reference: string): Promise<ImageEntry> {
    const key = `${request.pod.metadata.uid}_${reference}`;
    const before = this.#backOff.get(key);
    const now = this.#clock.now();
    // A failure that lies ahead is of a time before the machine's clock was set back.
    const isCounted = before !== undefined && before.failedAt <= now;
    const until = isCounted ? backOffUntil(before, before.failedAt, now, CONTAINER_BACK_OFF) : undefined;
    if (before && until !== undefined) {
      if (!before.reported) request.event(podEvents.backOffPulling(image));
      before.reported = true;
      throw new ImageError(
        'ImagePullBackOff',
        `Back-off pulling image "${image}": ErrImagePull: ${before.error}`,
        until,
      );
    }
    request.event(podEvents.pulling(image));
    const started = this.#clock.now();
    const isKnown = await this.#present();
    try {
      await this.#tryPull(request, reference);
    } catch (error) {
      const message = (error as Error).message;
      const failedAt = this.#clock.now();
      const step = stepBackOff(before, failedAt, failedAt, CONTAINER_BACK_OFF);
      this.#backOff.set(key, { ...step, failedAt, error: message, reported: false });
      request.event(podEvents.failedToPull(image, message));
      throw new ImageError('ErrImagePull', message);
    }
    this.#backOff.delete(key);
    const took = this.#clock.now() - started;
    const pulled = await this.#runtime.image(reference);
    if (!pulled) throw new ImageError('ErrImagePull', `image ${image} is gone right after it was pulled`);
    if (isKnown(pulled.id)) await this.#garbage?.needed(pulled.id);
    else await this.#garbage?.pulled(pulled.id);
    request.event(podEvents.pulled(image, took, took, pulled.size));
    return pulled;
  }

  /** Whether an image is in the runtime now, under whatever name: it may be another program's. */
  async #present(): Promise<(id: string) => boolean> {
    if (!this.#garbage) return () => true;
    try {
      const ids = new Set((await this.#runtime.images()).map(({ id }) => id));
      return (id) => ids.has(id);
    } catch {
      return () => true;
    }
  }

  /** With each matching credential in turn, or none when there are none. */
  async #tryPull({ pod, secret, event }: ImageRequest, reference: string): Promise<void> {
    const credentials: (RegistryCredentials | undefined)[] = [];
    const missing: string[] = [];
    for (const { name = '' } of pod.spec?.imagePullSecrets ?? []) {
      if (!name) continue;
      const found = await secret(name).catch(() => undefined);
      if (found) credentials.push(...credentialsFor(found, reference));
      else missing.push(name);
    }
    if (missing.length > 0) event(podEvents.missingPullSecrets(missing));
    if (credentials.length === 0) credentials.push(undefined);
    let failure: unknown;
    for (const credential of credentials) {
      try {
        await this.#runtime.pullImage(reference, credential);
        return;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }
}

/** With a tag: `nginx` is `nginx:latest`. Undefined when it is no image reference. */
export function normalReference(image: string): string | undefined {
  if (!/^[\w.-]+(:\d+)?(\/[\w.-]+)*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/.test(image)) return undefined;
  if (image !== image.toLowerCase() && /[A-Z]/.test(image.replace(/[:@][^/]*$/, ''))) return undefined;
  if (image.includes('@') || /:[^/]+$/.test(image)) return image;
  return `${image}:latest`;
}

type Auths = Record<string, { username?: string; password?: string; auth?: string; identitytoken?: string }>;

/**
 * Out of `kubernetes.io/dockerconfigjson`, or of the older `kubernetes.io/dockercfg`, which is the inner part alone.
 */
function authsOf({ data }: Secret): Auths {
  const config = (text: string) => JSON.parse(Buffer.from(text, 'base64').toString()) as unknown;
  try {
    const newer = data?.['.dockerconfigjson'];
    if (newer) return (config(newer) as { auths?: Auths } | null)?.auths ?? {};
    return (config(data?.['.dockercfg'] ?? '') as Auths | null) ?? {};
  } catch {
    return {};
  }
}

function credentialsFor(secret: Secret, reference: string): RegistryCredentials[] {
  const first = reference.split('/')[0] ?? '';
  const registry = reference.includes('/') && /[.:]|^localhost$/.test(first) ? first : 'docker.io';
  return Object.entries(authsOf(secret))
    .filter(([server]) => serverName(server) === serverName(registry))
    .map(([serverAddress, { username, password, auth, identitytoken }]) => ({
      username,
      password,
      auth,
      identityToken: identitytoken,
      serverAddress,
    }));
}

function serverName(server: string): string {
  const name = server.replace(/^https?:\/\//, '').split('/')[0] ?? '';
  return name === 'index.docker.io' || name === 'registry-1.docker.io' ? 'docker.io' : name;
}
