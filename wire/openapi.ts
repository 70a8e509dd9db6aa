/** On an object's OpenAPI document: it is whole, and nothing of the edge's files belongs to it. */
export const WHOLE_HEADER = 'islet-whole';

/**
 * On an object's document of version 2: aggregated APIs have parts in it, and it is a {@link WithForeign} in JSON. Names of
 * their definitions may be taken by others of the edge's file, so the edge puts them together.
 */
export const FOREIGN_HEADER = 'islet-foreign';

/** The part of the cluster's own kinds, and those of aggregated APIs. */
export interface WithForeign<Part, Foreign> {
  own: Part;
  foreign: Foreign[];
}
