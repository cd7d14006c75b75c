import type { LocalResource } from '../mapping/map-answer.ts';

/** A resource of an answer, and the source that holds it: its references mean something only there. */
export interface Held {
  readonly source: string;
  /** The local ids by which the source names the patient. */
  readonly patientIds: ReadonlySet<string>;
  readonly local: LocalResource;
  /** Of a resource that is composed of several sources': the source in which a reference of it, `Type/localId`, leads on. */
  readonly origins?: ReadonlyMap<string, string>;
}
