/**
 * The parts of the OpenAPI documents that single kinds have, as text: a change of one definition costs its own part,
 * and the others are joined as they are. They are kept as long as there is memory for them, because the documents of a
 * cluster with hundreds of definitions are as large as all that an object may hold.
 */
import type { KindDescriptor } from '../../kinds/define.ts';
import { definitionsOf } from './custom.ts';
import type { Dialect } from './definitions.ts';
import { type Printer, pathsOf } from './document.ts';
import { operationsOf } from './operations.ts';

/** Fields of JSON objects, without braces. */
export interface DocumentPart {
  paths: string;
  definitions: string;
}

export class DocumentParts {
  readonly #dialect: Dialect;
  readonly #print: Printer;
  readonly #parts = new WeakMap<KindDescriptor, WeakRef<DocumentPart>>();

  constructor(dialect: Dialect, print: Printer) {
    this.#dialect = dialect;
    this.#print = print;
  }

  of(kind: KindDescriptor): DocumentPart {
    let part = this.#parts.get(kind)?.deref();
    if (!part) {
      part = {
        paths: fieldsOf(pathsOf(operationsOf(kind), this.#print).paths),
        definitions: fieldsOf(Object.fromEntries(definitionsOf(kind, this.#dialect))),
      };
      this.#parts.set(kind, new WeakRef(part));
    }
    return part;
  }
}

function fieldsOf(object: object): string {
  return JSON.stringify(object).slice(1, -1);
}

export function joinedParts(parts: readonly DocumentPart[]): DocumentPart {
  const joined = (texts: readonly string[]): string => texts.filter((text) => text !== '').join(',');
  return {
    paths: joined(parts.map(({ paths }) => paths)),
    definitions: joined(parts.map(({ definitions }) => definitions)),
  };
}
