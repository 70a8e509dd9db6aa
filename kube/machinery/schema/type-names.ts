/** Types of upstream that code asks for, by their names in OpenAPI. */

/** The package of the types that all kinds share. */
export const META_V1 = 'io.k8s.apimachinery.pkg.apis.meta.v1';
export const JSON_SCHEMA_PROPS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps';
