/** The version of the rules: a link is replayed by them from its records alone. */
export const POLICY_VERSION = '1.1.0';

/** How far apart two dates of one fact may be, in days. */
export const TOLERANCE = {
  onset: 14,
  recorded: 30,
  given: 1,
  sameVaccine: 3,
  vaccineRecorded: 14,
  performed: 1,
  cancelled: 7,
} as const;
