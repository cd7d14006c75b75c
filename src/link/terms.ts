/** A code as linking compares it. */
export interface Code {
  readonly system: string;
  readonly code: string;
  readonly display?: string | undefined;
}

/** How a target stands to a code, in the words of R4's ConceptMap: `subsumes` is a target that is wider by hierarchy. */
export interface TermMatch extends Code {
  readonly equivalence: string;
}

/**
 * What a terminology says of the codes of one answer: asked for before linking begins, so that linking itself stays a pure
 * function of records, policy and this snapshot.
 */
export interface Terms {
  /** Names the content: the same snapshot gives the same links. */
  readonly snapshot: string;
  readonly matches: (code: Code) => readonly TermMatch[];
}

const NONE: readonly TermMatch[] = [];

/** Terms of a table from `system|code` to matches. */
export const termsOf = (snapshot: string, table: ReadonlyMap<string, readonly TermMatch[]>): Terms => ({
  snapshot,
  matches: (code) => table.get(codeKey(code)) ?? NONE,
});

/** Terms that answer from the first, and from the others what it does not know. */
export const firstOf = (snapshot: string, ...all: readonly Terms[]): Terms => ({
  snapshot,
  matches: (code) => all.map((it) => it.matches(code)).find((it) => it.length > 0) ?? NONE,
});

export const codeKey = ({ system, code }: Code): string => `${system}|${code}`;

const SNOMED = 'http://snomed.info/sct';

/** A finding of allergy and its causative agent: a few of the commonest, so that substance and finding meet offline. */
const AGENTS: Readonly<Record<string, readonly [agent: string, display: string]>> = {
  '91936005': ['764146007', 'penicillin'],
  '294505008': ['372687004', 'amoxicillin'],
  '293586001': ['387458008', 'aspirin'],
  '91935009': ['762952008', 'peanut'],
  '91930004': ['102263004', 'egg'],
  '300916003': ['111088007', 'latex'],
};

/** What is known without a terminology service. */
export const OFFLINE: Terms = termsOf(
  'offline',
  new Map(
    Object.entries(AGENTS).map(([finding, [code, display]]) => [
      `${SNOMED}|${finding}`,
      [{ system: SNOMED, code, display, equivalence: 'relatedto' }],
    ]),
  ),
);
