/** Names and namespaces of path and body must agree (apiserver `pkg/endpoints/handlers/rest.go` `checkName`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { badRequest } from '../errors.ts';
import { type Call, namespaceOf } from '../server.ts';

const OTHER_NAMESPACE = 'the namespace of the provided object does not match the namespace sent on the request';

/** On create; fills in the namespace of the path. */
export function matchNamespace(call: Call, object: KubeObject): void {
  const wanted = namespaceOf(call);
  const given = object.metadata.namespace ?? '';
  if (wanted === '') delete object.metadata.namespace;
  else if (given === '') object.metadata.namespace = wanted;
  else if (given !== wanted) {
    throw badRequest(OTHER_NAMESPACE);
  }
}

/** On update and patch; `isPatch`: upstream words the namespace differently there. */
export function matchName(call: Call, object: KubeObject, isPatch = false): void {
  const { kind, info } = call;
  const { name = '', namespace = '' } = object.metadata;
  if (name === '') {
    throw badRequest(`the name of the object (${info.name} based on URL) was undeterminable: name must be provided`);
  }
  if (name !== info.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${info.name})`);
  }
  if (kind.scope !== 'Namespaced') delete object.metadata.namespace;
  else if (namespace === '') object.metadata.namespace = info.namespace;
  else if (namespace !== info.namespace) {
    if (!isPatch) throw badRequest(OTHER_NAMESPACE);
    throw badRequest(
      `the namespace of the object (${namespace}) does not match the namespace on the request (${info.namespace})`,
    );
  }
}
