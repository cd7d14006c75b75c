import type { Call } from '../../adapter/index.ts';
import type { ConfiguredSource } from '../../sources/registry.ts';
import { type FanOut, fanOut, type Result } from './fan-out.ts';
import { askUnderEach, type Subject } from './former.ts';
import type { Plan } from './plan.ts';

/** One source to be asked, and how. */
export interface Errand {
  readonly source: ConfiguredSource;
  readonly run: () => Promise<Result>;
}

/** What asking each source of a plan is: its queries, page by page, about the number of today or one of old. */
export const errandsOf = (
  { mapped, steps }: Plan,
  subject: Subject,
  { deps, call }: { readonly deps: FanOut; readonly call: Call },
): readonly Errand[] =>
  steps.map(({ source, queries }) => ({
    source,
    run: () =>
      askUnderEach(subject, async (patient) => {
        const step = { source, queries: queries.map((it) => ({ ...it, patient })) };
        const [result] = await fanOut({ mapped, steps: [step] }, deps, call);
        return result ?? { source, outcome: 'not-asked' };
      }),
  }));
