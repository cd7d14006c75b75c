/** Name and value pairs of a query string or form, in order and decoded. */
export type Pairs = readonly (readonly [name: string, value: string])[];
