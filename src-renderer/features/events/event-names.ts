/** Where a type's page is. */
export const typeHref = (key: string): string => `/events/types/${encodeURIComponent(key)}`;
