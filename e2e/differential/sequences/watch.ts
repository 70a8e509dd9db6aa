/** A watch that is under way: its events are read as they come. */
import type { Json } from '../mutations.ts';
import type { Request } from '../request.ts';
import { Events } from './events.ts';
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
    const events = new Events(this.headers['content-type']);
    try {
      for await (const chunk of body) for (const event of events.of(chunk)) if (!this.ended) this.events.push(event);
    } catch (error) {
      // The connection ended within the stream, or what came is no event.
      if (!this.ended && error instanceof SyntaxError) this.events.push({ type: 'UNREADABLE', object: error.message });
    }
    this.ended = true;
  }
}
