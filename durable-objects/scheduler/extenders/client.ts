/** Asks extenders, a few at a time, as each question may hold the whole list of nodes. */
import type { Pod } from '../../../kube/types.ts';
import type { Answer, Consultation, Question } from './consultation.ts';
import { type Extender, type ExtenderTls, urlOf, type Verb } from './extender.ts';
import { answerOf, type BindingArguments, bindingError, bodyOf, type Lookup } from './messages.ts';

/** POSTs JSON. Rejects with the reason why there is no answer. */
export type ExtenderCall = (request: {
  url: string;
  tls: ExtenderTls;
  body: string;
  timeoutMs: number;
}) => Promise<{ status: number; body: string }>;

const MAX_CALLS = 8;
const OK = 200;

export class ExtenderClient {
  readonly #call: ExtenderCall;
  readonly #lookup: Lookup;
  #calls = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(call: ExtenderCall, lookup: Lookup) {
    this.#call = call;
    this.#lookup = lookup;
  }

  /** Puts the questions about a pod, a JSON text; what fails is an answer, too. */
  async ask(consultation: Consultation, pod: string, questions: readonly Question[]): Promise<void> {
    consultation.begin();
    await Promise.all(
      questions.map(async (question) => consultation.answered(question, await this.#answer(question, pod))),
    );
  }

  /** Has an extender bind a pod to a node. Returns the error, if there was one. */
  async bind(extender: Extender, { metadata }: Pod, node: string): Promise<string | undefined> {
    const { name = '', namespace = '', uid = '' } = metadata;
    const args: BindingArguments = { PodName: name, PodNamespace: namespace, PodUID: uid, Node: node };
    try {
      return bindingError(await this.#send(extender, 'bind', () => JSON.stringify(args)));
    } catch (error) {
      return (error as Error).message;
    }
  }

  async #answer(question: Question, pod: string): Promise<Answer> {
    try {
      const body = () => bodyOf(question, pod, this.#lookup);
      return answerOf(question, await this.#send(question.extender, question.verb, body));
    } catch (error) {
      return { error: (error as Error).message };
    }
  }

  /** The body is made when its turn has come. */
  async #send(extender: Extender, verb: Verb, body: () => string): Promise<string> {
    const url = urlOf(extender, verb);
    while (this.#calls >= MAX_CALLS) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#calls++;
    try {
      const { tls, timeoutMs } = extender;
      const answer = await this.#call({ url, tls, timeoutMs, body: body() }).catch((error: Error) => {
        throw new Error(`Post ${JSON.stringify(url)}: ${error.message}`);
      });
      if (answer.status !== OK) {
        throw new Error(`failed ${extender.verbs[verb]} with extender at URL ${url}, code ${answer.status}`);
      }
      return answer.body;
    } finally {
      this.#calls--;
      this.#waiting.shift()?.();
    }
  }
}
