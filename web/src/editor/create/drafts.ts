/** Texts of the page `create`, by the ids of clusters: they stay while another page is looked at. */
export const drafts = new Map<string, string>();
