import type { Restriction } from '../adapter/index.ts';
import type { NhsNumber, Patient } from '../fhir/index.ts';

/** The patient of a request, as far as is known whose their NHS number is. */
export interface Person {
  /** The number they have now. */
  readonly nhsNumber: NhsNumber;
  /** Numbers that this one superseded: a source may still know the person by one of them. */
  readonly former: readonly NhsNumber[];
  /** Numbers in the answers of sources that the identity source knows for the same person's. */
  readonly linked?: readonly NhsNumber[];
  /** Who may learn where the person is to be found; `unknown` where an identity source could not say. */
  readonly whereabouts: Restriction | 'unknown';
  /** What the identity source said of them; undefined where there is none, or it did not answer. */
  readonly traced?: Traced | undefined;
}

export interface Traced {
  /** The id of the identity source. */
  readonly source: string;
  /** Its Patient, mapped. */
  readonly patient: Patient | undefined;
  /** How many demographics of another source must differ for its answer to be held back. */
  readonly quarantineAt: number;
}

/** A patient of whom nobody was asked: where no identity source is configured nothing is withheld. */
export const untraced = (nhsNumber: NhsNumber): Person => ({ nhsNumber, former: [], whereabouts: 'unrestricted' });

/** True where nobody may learn from us where the person is. Not to know is to be careful. */
export const isHidden = ({ whereabouts }: Pick<Person, 'whereabouts'>): boolean => whereabouts !== 'unrestricted';

/**
 * True where an identity source says that the person is restricted. A source that then knows nobody may well hide them: it
 * counts as withholding.
 */
export const isSaidToBeRestricted = (person: Pick<Person, 'whereabouts'>): boolean =>
  isHidden(person) && person.whereabouts !== 'unknown';
