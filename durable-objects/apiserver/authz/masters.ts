/** `system:masters` may do everything. */
import type { Authority } from './attributes.ts';

export const masters: Authority = ({ user }) => (user.groups.includes('system:masters') ? 'allow' : undefined);
