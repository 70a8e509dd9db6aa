import { agentName } from './agent-name.ts';
import { t } from './messages.ts';

/** A browser's name in the page's language. */
export function namedAgent(agent = ''): string {
  return agentName(agent, (browser, system) => t('agentOn', { browser, system })) || t('unknownBrowser');
}

/** The label of a passkey that is made here. */
export const thisBrowser = () => namedAgent(navigator.userAgent);
