/** Has agents remove the folders of volumes that are needed no more. */
import type { ServerMessage, VolumeRemovedMessage } from '../../wire/socket.ts';

export interface LocalVolumesPorts {
  /** False when no agent of the node is connected. */
  send(node: string, message: ServerMessage): boolean;
  /** Calls back after so many milliseconds, unless what it returns is called before. */
  after(milliseconds: number, run: () => void): () => void;
}

/** A folder may hold very many files. The agent goes on, and finds the rest gone when it is asked again. */
const PATIENCE_MS = 60_000;

export class LocalVolumes {
  readonly #ports: LocalVolumesPorts;
  readonly #questions = new Map<number, { node: string; answer(error?: string): void }>();
  #last = 0;

  constructor(ports: LocalVolumesPorts) {
    this.#ports = ports;
  }

  /** Rejects where the agent is not connected, does not answer, or cannot do it. */
  remove(node: string, path: string): Promise<void> {
    const id = ++this.#last;
    if (!this.#ports.send(node, { type: 'remove-volume', id, path })) {
      return Promise.reject(new Error(`the agent of node ${node} is not connected`));
    }
    return new Promise((resolve, reject) => {
      const answer = (error?: string): void => {
        cancel();
        this.#questions.delete(id);
        if (error === undefined) resolve();
        else reject(new Error(`node ${node}: ${error}`));
      };
      const cancel = this.#ports.after(PATIENCE_MS, () => answer('the agent has not answered'));
      this.#questions.set(id, { node, answer });
    });
  }

  /** An agent has answered. */
  heard(node: string, { id, error }: VolumeRemovedMessage): void {
    const question = this.#questions.get(id);
    if (question?.node === node) question.answer(error);
  }
}
