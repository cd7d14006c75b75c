import { FLAG_STATUS } from './codes.ts';
import { concept, one, wordConcept } from './concepts.ts';
import type { Desk } from './desk.ts';
import { encounterOf, noteExtensions, readEntry, reviewDate } from './entry.ts';
import { staffReference } from './people.ts';
import type { Reader } from './reader.ts';
import type { Alert } from './types.ts';

/** An alert to a Flag. */
export const mapAlert = (alert: Reader<Alert>, desk: Desk): void => {
  const { patient, ...entry } = readEntry(alert, 'alerts', desk);
  desk.add(desk.localId, {
    resourceType: 'Flag',
    ...entry,
    extension: [...reviewDate(alert, 'Flag', desk), ...noteExtensions(alert)],
    ...desk.code('Flag.status', alert.text('status'), FLAG_STATUS),
    category: one(wordConcept(alert.text('category'), 'alert-category')),
    code: concept(alert, 'alert', 'alert'),
    subject: patient,
    period: {
      ...desk.when('Flag.period.start', alert.text('startDate')),
      ...desk.when('Flag.period.end', alert.text('endDate')),
    },
    encounter: encounterOf(alert, desk),
    author: staffReference(alert, 'raisedBy', desk),
    ...alert.rest(),
  });
};
