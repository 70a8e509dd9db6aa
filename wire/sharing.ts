/** Sharing of a cluster: members with a role in it, and links that give one. Dashboard, CLI and objects use it. */

/** From the least to the most. The owner of a cluster has all that an admin has, and may delete it. */
export const ROLES = ['view', 'edit', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export function isRole(value: unknown): value is Role {
  return (ROLES as readonly unknown[]).includes(value);
}

/** The gift of a link: membership with a role, or a copy of the cluster for each who opens it. */
export type LinkKind = Role | 'copy';

export function isLinkKind(value: unknown): value is LinkKind {
  return value === 'copy' || isRole(value);
}

/** The group of a member's user, which RBAC gives rights to: `islet:view`. */
export function groupOf(role: Role): string {
  return `islet:${role}`;
}

/** The user name of a person in a cluster. */
export function userOf(account: string): string {
  return `islet:account:${account}`;
}

/** Among a user's extra fields: the name that the person chose. */
export const DISPLAY_NAME = 'islet.dev/name';

export interface Member {
  account: string;
  /** The name that the person had chosen when they joined; '' for none. */
  name: string;
  role: Role;
  /** RFC 3339. */
  joined: string;
  /** The id of the link that they came by. */
  link: string;
}

export interface ShareLink {
  id: string;
  role: LinkKind;
  label: string;
  /** RFC 3339. */
  created: string;
  expires: string;
  /** The name of the user that made it; '' for the owner of a service of their own. */
  by: string;
  /** People that may come by it; absent for no limit. */
  maxUses?: number;
  /** People that have. */
  uses: number;
}

export interface LinkUse {
  account: string;
  name: string;
  /** RFC 3339. */
  at: string;
  /** How far the lesson of their copy has come. */
  progress?: LessonProgress;
}

export interface LessonProgress {
  lesson: string;
  /** Steps that are done, and those that there are. */
  done: number;
  steps: number;
  /** RFC 3339. */
  at: string;
}

/** The answer to a link before it is accepted. */
export interface LinkOffer {
  cluster: string;
  role: LinkKind;
  by: string;
  /** RFC 3339. */
  expires: string;
}
