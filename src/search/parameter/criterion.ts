import type { ResourceType } from '../../fhir/index.ts';
import type { Held } from '../held.ts';
import type { Reading } from './match/kind.ts';
import type { World } from '../world.ts';

/** One search parameter of a request, read: whether a resource satisfies it. */
export interface Criterion {
  readonly matches: (held: Held, world: World) => boolean;
  /** Types besides the searched one that must be at hand. */
  readonly types: readonly ResourceType[];
  /**
   * True where a source may be asked to apply it: no modifier, chain or `_has`, and nothing that means something only
   * here, as logical ids and the stamps of an answer do.
   */
  readonly plain: boolean;
}

export interface ReadingContext extends Pick<Reading, 'now' | 'base' | 'owns'> {
  /** The types that a chain may lead to or come from; all where left out. */
  readonly served?: ReadonlySet<ResourceType> | undefined;
  /** How many steps of a chain were taken. */
  readonly steps?: number;
}
