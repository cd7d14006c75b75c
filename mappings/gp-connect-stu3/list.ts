import { isObject, ourExtension, SYSTEM, text, ukCoreExtension } from '../../src/fhir/index.ts';
import { LIST_WARNINGS } from './areas.ts';
import { relatedProblem } from './condition.ts';
import { valueOf } from './extensions.ts';
import type { ExtensionMove, TypeMapping } from './move.ts';
import { rowOf } from './objects.ts';

/** A code in one CareConnect form, a concept in the other; UK Core has the concept. */
const warning: ExtensionMove = (extension) => {
  const value = valueOf(extension);
  const code = text(value);
  if (code === undefined && !isObject(value)) return [extension];
  const display = code === undefined ? undefined : rowOf(LIST_WARNINGS, code)?.display;
  const concept =
    code === undefined
      ? value
      : { coding: [{ system: SYSTEM.listWarning, code, ...(display !== undefined && { display }) }] };
  return [{ url: ukCoreExtension('ListWarningCode'), valueCodeableConcept: concept }];
};

export const list: TypeMapping = {
  type: 'List',
  extensions: {
    ListWarningCode: warning,
    ClinicalSetting: ourExtension('clinical-setting'),
    RelatedProblemHeader: relatedProblem,
  },
};
