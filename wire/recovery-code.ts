/** A recovery code as people have it: the account's name and the code, so that one text is all that they keep. */

/** `p-…-abcd-efgh-ijkl-mnop` */
export function recoveryText(account: string, code: string): string {
  return [account, ...(code.match(/.{4}/g) ?? [])].join('-');
}

const TEXT = /^([a-z0-9][-a-z0-9]*?)-?([a-z2-7]{4})-?([a-z2-7]{4})-?([a-z2-7]{4})-?([a-z2-7]{4})$/;

/** undefined for what is none. Spaces, capital letters and missing hyphens do no harm. */
export function readRecoveryText(text: string): { account: string; code: string } | undefined {
  const [, account, ...parts] =
    TEXT.exec(text.toLowerCase().replace(/[\s\u2010-\u2015]+/g, (s) => (/\s/.test(s) ? '' : '-'))) ?? [];
  return account === undefined ? undefined : { account, code: parts.join('') };
}
