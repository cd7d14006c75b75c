import type { Effort } from '../duel.ts';
import type { Row } from '../report.ts';

/** How a run was asked for. */
export interface Run {
  readonly isQuick: boolean;
  readonly effort: Effort;
}

/** One part of the bench: the numbers of the goals that it measures, and a name to ask for it by. */
export interface Part {
  readonly rows: readonly string[];
  readonly name: string;
  /** Left out of `--quick`: nothing in it but time. */
  readonly isSlow?: boolean;
  readonly measure: (run: Run) => Promise<readonly Row[]>;
}
