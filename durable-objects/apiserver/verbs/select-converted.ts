/**
 * The objects of a list that a webhook has to convert: all of them at hand before the answer begins, which might fail.
 */
import type { RemoteConversion } from '../../../kube/kinds/define.ts';
import type { Stored } from '../../store/store.ts';
import type { Call } from '../call.ts';
import { convertTexts } from '../conversion/converter.ts';
import { checkTime } from '../conversion/converting.ts';
import { ApiError } from '../errors.ts';
import { encodeContinue } from './continue-token.ts';
import type { Pages, Selection, Test } from './selection.ts';

/** Objects that one webhook is asked about at a time; the store makes a page of large ones shorter. */
const PAGE = 100;
/** Code units of a list, which is held in memory. */
const MAX_LIST = 32 * 1024 * 1024;

/**
 * The objects' texts are in the version of the request. Labels may have changed, so all are converted before the test.
 */
export async function selectConverted(
  call: Call,
  remote: RemoteConversion,
  { prefix, revision: asked, after, limit, history }: Pages,
  test: Test | undefined,
): Promise<Selection> {
  const { store } = call.server;
  const found: Stored[] = [];
  let size = 0;
  let at = after;
  let revision = asked;
  for (;;) {
    const wanted = test ? PAGE : Math.min(PAGE, limit - found.length);
    const page = store.list({ prefix, revision, after: at, limit: wanted, history });
    revision = page.revision;
    checkTime(call);
    const converted = await convertStored(call, remote, page.items);
    for (const [i, stored] of converted.entries()) {
      if (test && !test(stored)) continue;
      found.push(stored);
      size += stored.text.length;
      const isLast = i === converted.length - 1 && page.next === undefined;
      if (found.length < limit || isLast) continue;
      const next = encodeContinue({ revision, after: stored.key }, prefix);
      return { objects: found, revision, continue: next, ...(!test && { remaining: page.remaining }) };
    }
    if (page.next === undefined) return { objects: found, revision };
    if (size > MAX_LIST) {
      throw new ApiError(
        'RequestEntityTooLarge',
        'the list is too large to be converted at once: ask for it in pages, by limit and continue',
      );
    }
    at = page.next;
  }
}

/** In order, with the texts of the request's version. */
async function convertStored(call: Call, remote: RemoteConversion, items: readonly Stored[]): Promise<Stored[]> {
  const texts = await convertTexts(
    call.server.converter,
    remote,
    call.kind.apiVersion,
    items.map(({ text }) => text),
  );
  return items.map(({ key, revision, created, text, unreadable }, i) => {
    return { key, revision, created, text: texts[i] ?? text, unreadable };
  });
}
