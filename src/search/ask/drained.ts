import type { Answer, Mapping } from '../../adapter/index.ts';

/** All pages of one answer. */
export interface Drained extends Answer {
  readonly patientIds: readonly string[];
  /** True where the cap was reached before the end, or a query beside the first one failed. */
  readonly partial: boolean;
  /** The mapping of its records; of an answer that others may share one that maps each record once. */
  readonly map: Mapping;
}
