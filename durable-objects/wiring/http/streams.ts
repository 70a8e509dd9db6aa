/** The streams of a cluster: their clients are those of the API, or the cluster itself, and a node's agent serves them. */
import type { Request as CfRequest, Response as CfResponse } from '@cloudflare/workers-types';
import { asciiJson } from '../../../wire/headers.ts';
import { countsAtOnce, INTRODUCTION_HEADER, type StreamSpec } from '../../../wire/stream.ts';
import type { StreamSocket } from '../../../wire/stream-reader.ts';
import type { Credential, StreamAnswer } from '../../apiserver/request.ts';
import type { StreamMinutes } from '../../metering/stream-minutes.ts';
import { type IntroducePorts, introduce } from '../../streams/introduce.ts';
import type { CredentialLifetime } from '../credential-lifetime.ts';
import { launcherOf, type ObjectEnv } from '../env.ts';
import { passedOnByWorker, upgraded } from './proxied.ts';
import { statusResponse, unauthorized } from './responses.ts';

export interface StreamPorts extends IntroducePorts {
  env: ObjectEnv;
  /** The id of the cluster. */
  cluster: string;
  credentials(): Pick<CredentialLifetime, 'opened'>;
  minutes: Pick<StreamMinutes, 'refusal' | 'opened'>;
  /** Milliseconds since the epoch. */
  now(): number;
}

export class Streams {
  readonly #ports: StreamPorts;

  constructor(ports: StreamPorts) {
    this.#ports = ports;
  }

  /** Opens a stream from this object to a server, through the agent. Rejects where the agent cannot be reached. */
  async dial(spec: StreamSpec, milliseconds: number): Promise<StreamSocket> {
    const { env, cluster } = this.#ports;
    const introduced = await introduce(spec, { holder: '', milliseconds }, this.#ports);
    if (!introduced.ok) throw new Error(introduced.status.message);
    const session = env.STREAM_SESSION.getByName(`${cluster}/${introduced.introduction.session}`);
    const headers = { upgrade: 'websocket', [INTRODUCTION_HEADER]: JSON.stringify(introduced.introduction) };
    const { webSocket } = await session.fetch('http://session/client', { headers });
    if (!webSocket) throw new Error('no stream session could be opened');
    webSocket.accept();
    return webSocket as unknown as StreamSocket;
  }

  /**
   * The answer by which the Worker connects a client with the stream's session, or passes its request on by itself.
   * `counts`: whether the client's token still does.
   */
  async answer(
    request: CfRequest,
    { credential, counts }: { credential: Credential; counts(): boolean },
    { stream, http, body }: StreamAnswer,
  ): Promise<CfResponse> {
    const { env, minutes, now } = this.#ports;
    const credentials = this.#ports.credentials();
    const milliseconds = credential.expires - now();
    const upgrade = request.headers.get('islet-upgrade') ?? undefined;
    if (stream.kind === 'http' && stream.node === '' && http) {
      if (!counts()) return unauthorized();
      const call = { target: stream.target, http, body, milliseconds };
      return passedOnByWorker(call, upgrade, launcherOf(env) !== undefined);
    }
    const protocols = request.headers.get('sec-websocket-protocol') ?? undefined;
    const ask = { holder: credential.id, milliseconds, upgrade, protocols };
    const spec = http && upgrade !== undefined ? upgraded(stream, http, request) : stream;
    const lasts = countsAtOnce(spec);
    const refusal = lasts ? await minutes.refusal() : undefined;
    if (refusal) return statusResponse(refusal);
    const introduced = await introduce(spec, ask, this.#ports);
    if (!introduced.ok) return statusResponse(introduced.status);
    if (!counts()) return unauthorized();
    credentials.opened(credential);
    if (lasts) minutes.opened(introduced.introduction.session, spec.node);
    const headers = {
      [INTRODUCTION_HEADER]: asciiJson({ ...introduced.introduction, http: spec === stream ? http : undefined }),
    };
    return new Response(body ?? null, { headers }) as unknown as CfResponse;
  }
}
