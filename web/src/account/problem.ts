/** Problems in words for people. */
import { ApiError } from '../api/request.ts';
import { t } from './messages.ts';
import { NoCookie } from './requests.ts';

export function problemText(error: unknown): string {
  if (error instanceof NoCookie) return t('cookies');
  if (error instanceof ApiError) return error.code === 0 ? t('noAnswer') : error.message;
  const { name = '', message = String(error) } = error as Partial<Error>;
  // https://www.w3.org/TR/webauthn-3/#sctn-create-request-exceptions
  if (name === 'NotAllowedError' || name === 'AbortError') return t('cancelled');
  if (name === 'InvalidStateError') return t('hasOne');
  if (name === 'SecurityError') return t('noPasskeysHere', { host: location.host });
  return message;
}
