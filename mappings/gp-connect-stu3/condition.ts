import {
  isObject,
  type Json,
  objects,
  ourExtension,
  sourceValues,
  text,
  ukCoreExtension,
} from '../../src/fhir/index.ts';
import { codings, EPISODES, HL7, systemOf } from './codes.ts';
import { extensionName, valueOf } from './extensions.ts';
import { addExtension, asConcept, type ExtensionMove, type Move, type TypeMapping } from './move.ts';
import { without } from './objects.ts';
import { type Context, targetOf } from './references.ts';

/** Suppliers write parent, child and sibling in either case. */
export const relatedProblem: ExtensionMove = (extension) => [
  {
    ...extension,
    url: ourExtension('related-problem-header'),
    extension: objects(extension['extension']).map((it) =>
      it['url'] === 'type' && typeof it['valueCode'] === 'string'
        ? { ...it, valueCode: it['valueCode'].toLowerCase() }
        : it,
    ),
  },
];

/** A code in CareConnect, a concept in UK Core. */
const episode: ExtensionMove = (extension) => {
  const value = valueOf(extension);
  const word = text(value);
  const code = EPISODES.codes.find((it) => it === word?.toLowerCase());
  if (word === undefined && !isObject(value)) return [extension];
  const concept =
    word === undefined ? value : { ...(code && { coding: [{ system: EPISODES.system, code }] }), text: word };
  return [{ url: ukCoreExtension('ConditionEpisode'), valueCodeableConcept: concept }];
};

/**
 * A Condition that a problem header heads is the same problem: only the header is an item of the problem list, and what
 * the other said of being one is set aside.
 */
const category: Move = (value, draft, { id, context }) => {
  if (id === undefined || !underlying(context).has(id)) {
    draft['category'] = value;
    return;
  }
  const kept = objects(value).map((it) => ({ ...it, coding: codings(it).filter((coding) => !isProblem(coding)) }));
  draft['category'] = kept.filter((it) => it.coding.length > 0 || text((it as Json)['text']) !== undefined);
  for (const coding of objects(value).flatMap(codings).filter(isProblem))
    addExtension(draft, ...sourceValues('category.coding', without(coding, 'system')));
};

const isProblem = ({ system, code }: Json): boolean =>
  code === 'problem-list-item' && systemOf(system, code) === HL7.conditionCategory;

/** The ids of Conditions that another Condition heads and that head nothing themselves. */
const underlying = (context: Context): ReadonlySet<string> =>
  context.memo('gp-connect underlying problems', () => {
    const headed = new Set<string>();
    const heads = new Set<string>();
    for (const { id, body } of context.all('Condition')) {
      for (const extension of objects(body['extension'])) {
        if (extensionName(extension['url']) !== 'ActualProblem') continue;
        heads.add(id);
        const item = valueOf(extension);
        const target = isObject(item) ? targetOf(item['reference']) : undefined;
        if (target?.kind === 'Condition') headed.add(target.id);
      }
    }
    return new Set([...headed].filter((it) => !heads.has(it)));
  });

export const condition: TypeMapping = {
  type: 'Condition',
  elements: {
    clinicalStatus: asConcept('clinicalStatus', HL7.conditionClinical),
    verificationStatus: asConcept('verificationStatus', HL7.conditionVerification),
    category,
    context: 'encounter',
    assertedDate: 'recordedDate',
  },
  extensions: {
    ActualProblem: ourExtension('actual-problem'),
    ProblemSignificance: ourExtension('problem-significance'),
    RelatedClinicalContent: ourExtension('related-clinical-content'),
    RelatedProblemHeader: relatedProblem,
    ConditionEpisode: episode,
  },
};
