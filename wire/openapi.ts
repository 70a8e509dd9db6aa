/** On an object's OpenAPI document: it is whole, and nothing of the edge's files belongs to it. */
export const WHOLE_HEADER = 'islet-whole';

/**
 * On an object's document of version 2 that is a {@link WithAggregated} in JSON. The edge joins the parts of aggregated APIs
 * to it, as names of their definitions may be taken by others of the edge's file.
 */
export const AGGREGATED_HEADER = 'islet-aggregated';

/** The part of the cluster's own kinds, and those of aggregated APIs. */
export interface WithAggregated<Part, Aggregated> {
  own: Part;
  aggregated: Aggregated[];
}
