import { isObject, type Json, list, objects, sourceText, ukCoreExtension } from '../../src/fhir/index.ts';
import { add, type Draft, type Move, type Scope, type TypeMapping } from './move.ts';
import { ABSENT, type Context, targetOf } from './references.ts';
import { dosages } from './shared.ts';

/** UK Core requires system and value of each. */
const identifier: Move = (value, draft) => {
  add(
    draft,
    'identifier',
    list(value).map((it) =>
      isObject(it) && !(it['system'] && it['value'])
        ? {
            ...(it['system'] === undefined && { _system: ABSENT }),
            ...(it['value'] === undefined && { _value: ABSENT }),
            ...it,
          }
        : it,
    ),
  );
};

/** GP Connect has to send it and always sends `unk`: that says nothing. What the status cannot say is kept. */
const taken: Move = (value, draft, { body }) => {
  if (value !== 'unk' && !isNotTaken(body)) add(draft, 'taken', value);
};

/** R4 says by the status that a medication is not taken; an error outweighs it. */
const isNotTaken = ({ taken: said, status }: Json): boolean => said === 'n' && status !== 'entered-in-error';

const settleStatus = (draft: Draft, body: Json): void => {
  if (!isNotTaken(body)) return;
  if (body['status'] !== undefined) draft['_status'] = { extension: [sourceText(body['status'])] };
  draft['status'] = 'not-taken';
};

/**
 * One authorisation is a statement, a plan and its issues. Statement and issues both name the plan; R4 links a statement
 * to the requests that underlie it as well, so that a reader can show one line.
 */
const linkIssues = (draft: Draft, { body, context }: Scope): void => {
  const issues = planIds(body).flatMap((it) => [...(issuesOf(context).get(it) ?? [])]);
  // Entries of an answer have no order, so neither must these depend on one.
  const references = [...new Set(issues)].sort().map((it) => ({ reference: `MedicationRequest/${it}` }));
  if (references.length > 0) add(draft, 'derivedFrom', references);
};

const planIds = (body: Json): readonly string[] =>
  objects(body['basedOn'])
    .map((it) => targetOf(it['reference']))
    .flatMap((it) => (it?.kind === 'MedicationRequest' ? [it.id] : []));

/** The ids of the orders of an answer, by those of the plans that they are based on. */
const issuesOf = (context: Context): ReadonlyMap<string, ReadonlySet<string>> =>
  context.memo('gp-connect issues of plans', () => {
    const issues = new Map<string, Set<string>>();
    for (const { id, body } of context.all('MedicationRequest'))
      if (body['intent'] === 'order')
        for (const plan of planIds(body)) issues.set(plan, (issues.get(plan) ?? new Set()).add(id));
    return issues;
  });

export const medicationStatement: TypeMapping = {
  type: 'MedicationStatement',
  elements: {
    identifier,
    dosage: dosages('dosage'),
    reasonNotTaken: 'statusReason',
    taken,
  },
  extensions: {
    PrescribingAgency: ukCoreExtension('MedicationPrescribingOrganizationType'),
    MedicationStatementLastIssueDate: ukCoreExtension('MedicationStatementLastIssueDate'),
  },
  finish: (draft, scope) => {
    settleStatus(draft, scope.body);
    linkIssues(draft, scope);
  },
};
