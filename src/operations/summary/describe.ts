import { digits, isNumber, isObject, type Json, objects, text } from '../../fhir/index.ts';

/** What a reader sees of one resource, in the words of its source. */
export interface Line {
  readonly what: string;
  readonly detail: string;
  readonly status: string;
  readonly date: string;
}

/** Describes a resource in one line. @param follow finds what a reference leads to, for the name of a medicine or device */
export const describe = (resource: Json, follow: (reference: unknown) => Json | undefined): Line => ({
  what: nameOf(resource, follow),
  detail: DETAILS.flatMap((detail) => detail(resource)).join('; '),
  status: STATUSES.flatMap((it) => words(resource[it])).join(', '),
  date: DATES.map((it) => dateWords(resource[it])).find((it) => it !== undefined) ?? '',
});

/** Where the name of a thing stands, whatever it is. */
const NAMES =
  'code medicationCodeableConcept vaccineCode title description type deviceName category questionnaire summary'.split(
    ' ',
  );
const REFERENCES = ['medicationReference', 'device'];
const STATUSES = ['clinicalStatus', 'verificationStatus', 'status', 'lifecycleStatus'];
const DATES = (
  'effectiveDateTime effectivePeriod effectiveInstant occurrenceDateTime occurrencePeriod occurrenceString performedDateTime ' +
  'performedPeriod performedString onsetDateTime onsetPeriod onsetString recordedDate period startDate timingDateTime timingPeriod ' +
  'authoredOn authored issued date dateTime recordedOn'
).split(' ');

const nameOf = (resource: Json, follow: (reference: unknown) => Json | undefined): string => {
  for (const element of REFERENCES) {
    const reference = resource[element];
    if (!isObject(reference)) continue;
    const target = follow(reference);
    const name = (target && nameOf(target, () => undefined)) ?? text(reference['display']);
    if (name !== undefined && name !== UNNAMED) return name;
  }
  const relationship = words(resource['relationship']).join(', ');
  const found = NAMES.map((it) => words(resource[it]).join(', ')).find((it) => it !== '');
  return [relationship, found].filter(Boolean).join(': ') || UNNAMED;
};

const UNNAMED = 'not named';

/** What is told beside the name: each part says what the source wrote, or nothing. */
const DETAILS: readonly ((resource: Json) => readonly string[])[] = [
  (it) => valueWords(it),
  (it) => objects(it['component']).map((part) => `${words(part['code']).join(', ')}: ${valueWords(part).join(', ')}`),
  (it) => words(it['interpretation']),
  (it) => [...objects(it['dosage']), ...objects(it['dosageInstruction'])].flatMap((dose) => text(dose['text']) ?? []),
  (it) =>
    objects(it['reaction']).flatMap((reaction) => {
      const shown = words(reaction['manifestation']).join(', ') || text(reaction['description']);
      return shown === undefined || shown === ''
        ? []
        : [[shown, text(reaction['severity'])].filter(Boolean).join(', ')];
    }),
  (it) => labelled('criticality', it['criticality']),
  (it) => labelled('severity', it['severity']),
  (it) => labelled('site', [...objects(it['bodySite']), ...objects(it['site'])]),
  (it) => labelled('reason', [...objects(it['reasonCode']), ...objects(it['statusReason'])]),
  (it) => objects(it['condition']).flatMap((condition) => words(condition['code'])),
  (it) => labelled('ended', dateWords(it['abatementDateTime']) ?? dateWords(it['abatementPeriod'])),
  (it) => labelled('conclusion', it['conclusion']),
  (it) => objects(it['note']).flatMap((note) => labelled('note', note['text'])),
  (it) => (it['doNotPerform'] === true ? ['not to be done'] : []),
];

const labelled = (label: string, value: unknown): readonly string[] => {
  const said = words(value).join(', ');
  return said === '' ? [] : [`${label}: ${said}`];
};

/** The value of an observation or a part of one, with its digits as they were sent. */
const valueWords = (resource: Json): readonly string[] => [
  ...Object.entries(resource).flatMap(([key, value]) => (/^value[A-Z]/.test(key) ? words(value) : [])),
  ...labelled('no value', resource['dataAbsentReason']),
];

/** What a value of any type says to a reader. */
const words = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(words);
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (typeof value === 'boolean') return [value ? 'yes' : 'no'];
  if (isNumber(value)) return [digits(value)];
  if (!isObject(value)) return [];
  if (value['coding'] !== undefined || value['text'] !== undefined) return conceptWords(value);
  if (value['value'] !== undefined) return [quantityWords(value)];
  if (value['numerator'] !== undefined)
    return [['numerator', 'denominator'].flatMap((it) => words(value[it])).join(' / ')];
  if (value['low'] !== undefined || value['high'] !== undefined)
    return [['low', 'high'].map((it) => words(value[it]).join('')).join(' to ')];
  const range = dateWords(value);
  return range === undefined ? words(value['name'] ?? value['display']) : [range];
};

/** The clinician's words; else how a coding is displayed; else its code, rather than nothing. */
const conceptWords = ({ text: said, coding }: Json): readonly string[] => {
  const codings = objects(coding);
  const word =
    text(said) ??
    codings.flatMap((it) => text(it['display']) ?? [])[0] ??
    codings.flatMap((it) => text(it['code']) ?? [])[0];
  return word === undefined ? [] : [word];
};

const quantityWords = ({ comparator, value, unit, code }: Json): string =>
  [[text(comparator), words(value).join('')].filter(Boolean).join(''), text(unit) ?? text(code)]
    .filter(Boolean)
    .join(' ');

const dateWords = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return undefined;
  const [start, end] = [text(value['start']), text(value['end'])];
  if (start === undefined && end === undefined) return undefined;
  return end === undefined ? `from ${start ?? ''}` : `${start ?? ''} to ${end}`;
};
