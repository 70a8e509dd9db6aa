/** A link to the detail of an object, where its kind is known. */
import { type ApiResource, groupResource, idOf } from '../../api/discovery.ts';
import { linkTo } from '../../api/route.ts';
import type { Ref } from '../related/relation.ts';

interface ObjectLinkProps {
  of: Pick<Ref, 'namespace' | 'name'>;
  resource: ApiResource | undefined;
  text: string;
}

export function ObjectLink({ of: { namespace, name }, resource, text }: ObjectLinkProps) {
  if (!resource?.verbs.includes('get')) return <span>{text}</span>;
  const within = resource.namespaced ? namespace : '';
  return <a href={linkTo({ selected: { kind: idOf(resource), namespace: within, name }, tab: undefined })}>{text}</a>;
}

export function kindOf(kinds: readonly ApiResource[], resource: string): ApiResource | undefined {
  return kinds.find((kind) => groupResource(kind) === resource);
}
