/** A watch that is under way: its events are read as they come. */
import type { Json } from '../mutations.ts';
import type { Request } from '../request.ts';
import type { Answer } from './servers.ts';

export class Watch {
  readonly request: Request;
  readonly headers: Answer['headers'];
  readonly events: Json[] = [];
  readonly close: () => void;
  /** The server has ended it. */
  ended = false;

  constructor(request: Request, answer: Answer) {
    this.request = request;
    this.headers = answer.headers;
    this.close = () => {
      this.ended = true;
      answer.close();
    };
    void this.#read(answer.body);
  }

  async #read(body: Answer['body']): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    try {
      for await (const chunk of body) {
        text += decoder.decode(chunk, { stream: true });
        const lines = text.split('\n');
        text = lines.pop() ?? '';
        for (const line of lines) if (line !== '' && !this.ended) this.events.push(JSON.parse(line));
      }
    } catch {
      // The connection ended within the stream.
    }
    this.ended = true;
  }
}
