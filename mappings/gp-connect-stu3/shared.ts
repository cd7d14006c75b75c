import { isObject, type Json, list, objects, ourExtension } from '../../src/fhir/index.ts';
import { add, addExtension, keepAside, type Move } from './move.ts';

/** STU3 writes who asked, and for whom, as one element; R4 knows the first only. */
export const requester: Move = (value, draft) => {
  if (!isObject(value) || !('agent' in value || 'onBehalfOf' in value)) {
    add(draft, 'requester', value);
    return;
  }
  const { agent, onBehalfOf, ...rest } = value;
  add(draft, 'requester', agent);
  if (isObject(onBehalfOf)) addExtension(draft, { url: ourExtension('on-behalf-of'), valueReference: onBehalfOf });
  else keepAside(draft, 'requester.onBehalfOf', onBehalfOf);
  keepAside(draft, 'requester', rest);
};

const DOSES = ['doseRange', 'doseQuantity', 'rateRatio', 'rateRange', 'rateQuantity'] as const;

/** R4 holds dose and rate one level deeper. Texts are never read for a dose. */
export const dosages =
  (name: string): Move =>
  (value, draft) =>
    add(
      draft,
      name,
      list(value).map((it) => (isObject(it) ? deepen(it) : it)),
    );

const deepen = (dosage: Json): Json => {
  const doses = DOSES.filter((it) => it in dosage);
  if (doses.length === 0) return dosage;
  const rest = Object.fromEntries(
    Object.entries(dosage).filter(([key]) => !doses.includes(key as (typeof DOSES)[number])),
  );
  const given = Object.fromEntries(doses.map((it) => [it, dosage[it]]));
  return { ...rest, doseAndRate: [...objects(rest['doseAndRate']), given] };
};
