/**
 * The roles by which clients find out what the API server serves, and who they are to it. (upstream
 * `rbac/bootstrappolicy/policy.go`)
 */
import { group, type RoleTable, rule, urls } from './table.ts';

export const DISCOVERY: RoleTable = {
  'system:basic-user': {
    rules: [
      rule('create', 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews'),
      rule('create', 'authentication.k8s.io', 'selfsubjectreviews'),
    ],
    subjects: [group('system:authenticated')],
  },
  'system:discovery': {
    rules: [urls('get', '/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/')],
    subjects: [group('system:authenticated')],
  },
  'system:public-info-viewer': {
    rules: [urls('get', '/healthz /livez /readyz /version /version/')],
    subjects: [group('system:authenticated'), group('system:unauthenticated')],
  },
  'system:monitoring': {
    rules: [
      urls('get', '/flagz /healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/* /statusz'),
      rule('get', 'core', 'nodes/metrics'),
    ],
    subjects: [group('system:monitoring')],
  },
  'system:service-account-issuer-discovery': {
    rules: [
      urls(
        'get',
        '/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/',
      ),
    ],
    subjects: [group('system:serviceaccounts')],
  },
};
