import type { Json } from '../../src/fhir/index.ts';
import { ACTIVITY_STATUS, CARE_PLAN_STATUS, codeOf, GOAL_ACHIEVEMENT, GOAL_STATUS, HL7 } from './codes.ts';
import { concept, one, statusConcept } from './concepts.ts';
import { type Desk, idPart } from './desk.ts';
import { encounterOf, identifier, notes, readEntry, reviewDate } from './entry.ts';
import { staffReference, teamReference } from './people.ts';
import type { Reader } from './reader.ts';
import type { CarePlanRecord, GoalRecord, Intervention } from './types.ts';

/** A care plan to a CarePlan, each of its goals to a Goal. */
export const mapCarePlan = (plan: Reader<CarePlanRecord>, desk: Desk): void => {
  const { patient, ...entry } = readEntry(plan, 'carePlans', desk);
  const goals = plan.objects('goals');
  const { meta } = entry;
  desk.add(desk.localId, {
    resourceType: 'CarePlan',
    ...entry,
    extension: reviewDate(plan, 'CarePlan', desk),
    ...desk.codeOrUnknown('CarePlan.status', plan.text('status'), CARE_PLAN_STATUS),
    intent: 'plan',
    category: one(concept(plan, 'planType', 'care-plan-type')),
    title: plan.text('title'),
    subject: patient,
    encounter: encounterOf(plan, desk),
    period: {
      ...desk.when('CarePlan.period.start', plan.text('startDate')),
      ...desk.when('CarePlan.period.end', plan.text('endDate')),
    },
    author: staffReference(plan, 'author', desk),
    contributor: one(teamReference(plan, desk)),
    addresses: plan.texts('relatedProblemIds').map((it) => desk.link('Condition', 'problems', it)),
    supportingInfo: one(desk.link('ServiceRequest', 'referrals', plan.text('relatedReferralId'))),
    goal: goals.map((it, index) => ({
      reference: `Goal/${addGoal(it, `${desk.localId}-goal-${index + 1}`, { desk, patient, meta })}`,
    })),
    activity: plan.objects('interventions').map((it) => ({ detail: activity(it, desk) })),
    note: notes(plan),
    ...plan.rest(),
  });
};

/** @returns the goal's local id; `unnamed` is taken where the source gives it none. */
const addGoal = (
  goal: Reader<GoalRecord>,
  unnamed: string,
  { desk, ...plan }: { readonly desk: Desk; readonly patient: Json | undefined; readonly meta: Json | undefined },
): string => {
  const id = goal.text('goalId');
  const localId = id === undefined ? unnamed : idPart(id);
  const status = goal.text('status');
  const target = desk.when('Goal.target.dueDate', goal.text('targetDate'));
  desk.add(localId, {
    resourceType: 'Goal',
    meta: plan.meta,
    identifier: one(identifier('goals', id)),
    ...desk.code('Goal.lifecycleStatus', status, GOAL_STATUS),
    achievementStatus:
      status !== undefined && codeOf(status, GOAL_ACHIEVEMENT) !== undefined
        ? statusConcept(status, HL7.goalAchievement, GOAL_ACHIEVEMENT)
        : undefined,
    description: concept(goal, 'goal', 'goal'),
    subject: plan.patient,
    ...desk.when('Goal.startDate', goal.text('startDate')),
    target: Object.keys(target).length > 0 ? [target] : undefined,
    note: notes(goal),
    ...goal.rest(),
  });
  return localId;
};

const activity = (intervention: Reader<Intervention>, desk: Desk): Json => ({
  code: concept(intervention, 'intervention', 'intervention'),
  ...desk.codeOrUnknown('CarePlan.activity.detail.status', intervention.text('status'), ACTIVITY_STATUS),
  scheduledString: intervention.text('frequency'),
  performer: one(staffReference(intervention, 'assignedTo', desk)),
  description: intervention.text('notes'),
  ...intervention.rest(),
});
