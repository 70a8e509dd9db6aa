/**
 * Frames between a `StreamSession` object and its two ends. The agent dials
 * `GET /clusters/{id}/islet/v1/streams/{session}?ticket=…` (WebSocket, subprotocol {@link STREAM_SUBPROTOCOL}).
 *
 * Binary frames: one channel byte, then data. Channels are Kubernetes' remotecommand ones (stdin 0, stdout 1, stderr 2,
 * error 3, resize 4); 255 closes a channel (`[255, channel]`), as in v5.channel.k8s.io. Logs use channel 1 and 3 only.
 * Text frames are control: JSON {@link StreamControl}.
 * Each direction may have {@link STREAM_WINDOW} bytes unacknowledged: the receiver acknowledges what it has handed on,
 * so that nothing piles up in the session object.
 */
export const STREAM_SUBPROTOCOL = 'islet.stream.v1';
export const STREAM_WINDOW = 1024 * 1024;
export const STREAM_CREDIT_STEP = 128 * 1024;

export const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

export type StreamControl =
  | { type: 'credit'; bytes: number }
  /** Agent → session: could not start. `status` is a metav1.Status. */
  | { type: 'fail'; status: unknown };
