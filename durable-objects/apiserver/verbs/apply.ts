/** PATCH of type apply: server-side apply (apiserver `pkg/endpoints/handlers/patch.go` applyPatcher). */
import { copyJson } from '../../../kube/machinery/copy.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { Attributes } from '../admission/attributes.ts';
import { type Call, type ObjectAnswer, targetKey } from '../call.ts';
import { conflict, notFound } from '../errors.ts';
import { type AppliedObject, appliedObject, type Config, readConfig } from '../write/applied.ts';
import { commitWrite } from '../write/commit.ts';
import { typeApplied } from '../write/decode.ts';
import { matchName, matchNamespace } from '../write/metadata.ts';
import { parseWriteOptions } from '../write/options.ts';
import { proposeUpdate, readStored } from '../write/propose-update.ts';
import { trackingOf } from '../write/track-fields.ts';
import { proposeAuthorizedCreate, updateRequest, withClaims } from '../write/update.ts';

export async function apply(call: Call): Promise<ObjectAnswer> {
  const { kind, info, query } = call;
  const options = parseWriteOptions(query, 'PatchOptions', true);
  const config = readConfig(call);
  const mayCreate =
    info.subresource === '' || kind.allowCreateOnUpdate || (kind.statusApplyCreates && info.subresource === 'status');
  if (mayCreate) await prepareCreate(call, config);
  const applied = (live: KubeObject | undefined): AppliedObject => {
    const tracking = trackingOf(call);
    const result = appliedObject(call, kind, { tracking, config, options, live });
    checkNames(call, result, live);
    return result;
  };
  const { text, created } = await withClaims(call, (claims) =>
    commitWrite(call, {
      ...updateRequest(call, options),
      expect: mayCreate ? 'any' : 'present',
      operations: mayCreate ? ['CREATE', 'UPDATE'] : ['UPDATE'],
      propose(current) {
        if (!current && !mayCreate) throw notFound(kind.resource, info.name);
        if (!current) return proposeAuthorizedCreate({ call, options, claims, isTracked: true }, applied(undefined));
        // The applied configuration shares values with the object that it is merged into.
        const old = readStored(call, current.text);
        const object = applied(copyJson(old));
        return proposeUpdate({ call, options, claims, isPatch: true, isTracked: true }, object, current, old);
      },
    }),
  );
  return { type: 'object', code: created ? 201 : 200, text };
}

/** As for a POST, where this one seems to become a create. What does not fit the kind is refused later. */
function prepareCreate(call: Call, config: Config): Promise<void> | undefined {
  const { server, kind } = call;
  if (server.store.get(targetKey(call))) return undefined;
  const typed = typeApplied(kind, config.parse() as unknown as KubeObject);
  if ('error' in typed) return undefined;
  return server.admission.prepare(new Attributes(call, { operation: 'CREATE', object: typed.object }));
}

function checkNames(call: Call, object: KubeObject, live: KubeObject | undefined): void {
  const { uid } = object.metadata;
  if (uid && !live) {
    const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
    throw conflict(call.kind.resource, call.info.name, why);
  }
  matchNamespace(call, object);
  matchName(call, object);
}
