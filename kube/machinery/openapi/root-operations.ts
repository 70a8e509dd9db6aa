/**
 * The operations that are no kind's: discovery, the version, and the documents of the issuer of tokens (apiserver
 * `endpoints/discovery`, `pkg/server/routes`, `pkg/routes/openidmetadata.go`).
 */

import type { KindDescriptor } from '../../kinds/define.ts';
import { groupVersions } from '../discovery/resources.ts';
import { META_V1 } from '../schema/type-names.ts';
import { capital, groupWord, validId } from './operation-words.ts';
import { OBJECT_TYPES, type Operation } from './operations.ts';

const JSON_ONLY = ['application/json'];

/** A discovery document takes no parameters. */
function operation(given: Pick<Operation, 'path' | 'id' | 'tag' | 'description'> & Partial<Operation>): Operation {
  return { method: 'get', parameters: [], consumes: OBJECT_TYPES, produces: OBJECT_TYPES, codes: ['200'], ...given };
}

/** The operations that have a document of their own in version 3, by its path. */
export function rootDocuments(): [path: string, operation: Operation][] {
  const versions = 'get available API versions';
  return [
    [
      '.well-known/openid-configuration',
      operation({
        path: '/.well-known/openid-configuration/',
        tag: 'WellKnown',
        id: 'getServiceAccountIssuerOpenIDConfiguration',
        description: "get service account issuer OpenID configuration, also known as the 'OIDC discovery doc'",
        consumes: [],
        produces: JSON_ONLY,
      }),
    ],
    [
      'openid/v1/jwks',
      operation({
        path: '/openid/v1/jwks/',
        tag: 'openid',
        id: 'getServiceAccountIssuerOpenIDKeyset',
        description: 'get service account issuer OpenID JSON Web Key Set (contains public token verification keys)',
        consumes: [],
        produces: ['application/jwk-set+json'],
      }),
    ],
    [
      'version',
      operation({
        path: '/version/',
        tag: 'version',
        id: 'getCodeVersion',
        description: 'get the version information for this server',
        consumes: JSON_ONLY,
        produces: JSON_ONLY,
        answer: 'io.k8s.apimachinery.pkg.version.Info',
      }),
    ],
    [
      'api',
      operation({
        ...{ path: '/api/', tag: 'core', id: 'getCoreAPIVersions', description: versions },
        answer: `${META_V1}.APIVersions`,
      }),
    ],
    [
      'apis',
      operation({
        ...{ path: '/apis/', tag: 'apis', id: 'getAPIVersions', description: versions },
        answer: `${META_V1}.APIGroupList`,
      }),
    ],
  ];
}

export function groupOperation(group: string): Operation {
  const word = groupWord(group);
  return operation({
    path: `/apis/${group}/`,
    tag: word,
    id: `get${capital(word)}APIGroup`,
    description: 'get information of a group',
    answer: `${META_V1}.APIGroup`,
  });
}

export function versionOperation(group: string, version: string): Operation {
  const word = groupWord(group);
  return operation({
    path: group === '' ? `/api/${version}/` : `/apis/${group}/${version}/`,
    tag: `${word}_${validId(version)}`,
    id: `get${capital(word)}${capital(validId(version))}APIResources`,
    description: 'get available resources',
    answer: `${META_V1}.APIResourceList`,
  });
}

/** All of them, for version 2. */
export function rootOperations(kinds: readonly KindDescriptor[]): Operation[] {
  const found = rootDocuments().map(([, one]) => one);
  for (const [group, versions] of groupVersions(kinds)) {
    if (group !== '') found.push(groupOperation(group));
    for (const version of versions) found.push(versionOperation(group, version));
  }
  return found;
}
