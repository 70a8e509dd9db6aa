/** The person, or the visitor, that an account belongs to. */
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { AccountKind, Profile } from '../../../wire/account-rpc.ts';
import type { Result } from '../../../wire/rpc.ts';
import { refuse } from '../account-clusters.ts';
import { first, type Sql } from '../sql.ts';

type Row = { kind: AccountKind; name: string; created: number };

const MAX_NAME = 60;
const SELECT = 'SELECT kind, name, created FROM profile';

export class People {
  readonly #sql: Sql;
  readonly #becamePerson: () => void;

  /** `becamePerson` is called for a visitor who is one no longer. */
  constructor(sql: Sql, becamePerson: () => void = () => {}) {
    this.#sql = sql;
    this.#becamePerson = becamePerson;
    sql.run('CREATE TABLE IF NOT EXISTS profile (kind TEXT NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL)');
  }

  /** False when the account belongs to one already. `now` in milliseconds. */
  begin(kind: AccountKind, now: number): boolean {
    if (this.#row()) return false;
    this.#sql.run("INSERT INTO profile (kind, name, created) VALUES (?, '', ?)", kind, now);
    return true;
  }

  /** `bootstrap` for an account that was opened with the bootstrap secret, and for none. */
  get kind(): AccountKind {
    return this.#row()?.kind ?? 'bootstrap';
  }

  /** The name that the person chose; '' for none. */
  get name(): string {
    return this.#row()?.name ?? '';
  }

  /** The account of a visitor becomes a person's once a passkey or an identity leads back to it. */
  becomePerson(): void {
    const changed = this.#sql.run("UPDATE profile SET kind = 'person' WHERE kind = 'visitor'");
    if (changed > 0) this.#becamePerson();
  }

  profile(account: string, now: number): Profile {
    const { kind, name, created } = this.#row() ?? { kind: 'bootstrap', name: '', created: now };
    return { account, kind, name, created: rfc3339(created) };
  }

  /** An account of the bootstrap secret has a profile from its first name on. */
  rename(account: string, name: string, now: number): Result<Profile> {
    const trimmed = name.trim();
    if (trimmed.length > MAX_NAME || /\p{Cc}/u.test(trimmed)) {
      return refuse('BadRequest', `name must be at most ${MAX_NAME} characters, without control characters`);
    }
    this.begin('bootstrap', now);
    this.#sql.run('UPDATE profile SET name = ?', trimmed);
    return { ok: true, value: this.profile(account, now) };
  }

  #row(): Row | undefined {
    return first(this.#sql.query<Row>(SELECT));
  }
}
