import { extensionUrl } from './canonicals.ts';

/** One of the project's own extensions: a row is all that is written by hand; its StructureDefinition is made from it. */
export interface ExtensionRow {
  readonly title: string;
  readonly description: string;
  /** The elements that may carry it, as FHIR paths. */
  readonly context: readonly string[];
  /** The types its value may have; or the extensions inside it, by name. */
  readonly value?: readonly string[];
  readonly parts?: Readonly<Record<string, ExtensionPart>>;
}

/** An extension inside one of ours: the types its value may have, or the extensions inside it. */
export interface ExtensionPart {
  readonly types: readonly string[];
  readonly required?: true;
  readonly many?: true;
  readonly parts?: Readonly<Record<string, ExtensionPart>>;
}

/** Every extension of the project, by the last segment of its url. */
export const EXTENSIONS = {
  ledger: {
    title: 'Ledger',
    description: 'What one source did for this answer.',
    context: ['OperationOutcome.issue'],
    parts: {
      source: { types: ['code'], required: true },
      count: { types: ['unsignedInt'] },
      fetchedAt: { types: ['instant'] },
      latencyMs: { types: ['unsignedInt'] },
      retryAfter: { types: ['unsignedInt'] },
    },
  },
  'composed-from': {
    title: 'Composed from',
    description: 'The fields of the federated Patient that are one source’s.',
    context: ['Patient'],
    parts: { source: { types: ['code'], required: true }, field: { types: ['string'], required: true, many: true } },
  },
  'merge-link': {
    title: 'Link to records of the same fact',
    description:
      'That the record states what others state too, how sure that is and by which rule. A link is no merger: every record stands as its source sent it.',
    context: ['DomainResource'],
    parts: {
      group: { types: ['code'] },
      tier: { types: ['code'], required: true },
      relation: { types: ['code'], required: true },
      rule: { types: ['string'], required: true },
      reason: { types: ['string'], many: true },
      other: { types: ['Reference'], many: true },
      rank: { types: ['positiveInt'] },
      copy: { types: ['code'], many: true },
    },
  },
  'merge-evidence': {
    title: 'Evidence of a link',
    description:
      'Why a Linkage holds its items: rule, policy and terminology by which it can be replayed, and contradictions.',
    context: ['Linkage'],
    parts: {
      group: { types: ['code'] },
      tier: { types: ['code'], required: true },
      relation: { types: ['code'], required: true },
      rule: { types: ['string'], required: true },
      policy: { types: ['string'], required: true },
      terminology: { types: ['string'], required: true },
      reason: { types: ['string'], many: true },
      conflict: {
        types: [],
        many: true,
        parts: {
          path: { types: ['string'], required: true },
          value: { types: ['string'], required: true, many: true },
        },
      },
    },
  },
  'source-text': {
    title: 'Text as the source wrote it',
    description: 'The value of an element as its source wrote it, where FHIR has no form for it or only a coarser one.',
    context: ['Element'],
    value: ['string'],
  },
  'source-value': {
    title: 'Value without a place in FHIR R4',
    description: 'A value that the source sent and that has no element of its own in FHIR R4, with the path it had.',
    context: ['Element'],
    parts: { path: { types: ['string'], required: true }, value: { types: ['string', 'Reference'], required: true } },
  },
  'coding-description-id': {
    title: 'SNOMED CT description id',
    description: 'The description of the concept that the clinician chose.',
    context: ['Coding'],
    value: ['string'],
  },
  'problem-significance': {
    title: 'Problem significance',
    description: 'Whether the source marks the problem as major or minor.',
    context: ['Condition'],
    value: ['code'],
  },
  'actual-problem': {
    title: 'Item that is the problem',
    description: 'The entry of the record that this problem header heads: the same fact, not a second one.',
    context: ['Condition'],
    value: ['Reference'],
  },
  'related-clinical-content': {
    title: 'Content related to a problem',
    description: 'An entry of the record that the GP system filed under the problem.',
    context: ['Condition'],
    value: ['Reference'],
  },
  'related-problem-header': {
    title: 'Related problem',
    description: 'Another problem, and how the two are related: parent, child or sibling.',
    context: ['Condition', 'List'],
    parts: { type: { types: ['code'] }, target: { types: ['Reference'], required: true } },
  },
  'clinical-setting': {
    title: 'Clinical setting',
    description: 'The setting in which a list was drawn up.',
    context: ['List'],
    value: ['CodeableConcept'],
  },
  'on-behalf-of': {
    title: 'On behalf of',
    description: 'The organisation for which a requester acted.',
    context: ['MedicationRequest', 'ServiceRequest', 'DeviceRequest', 'Procedure'],
    value: ['Reference'],
  },
  'status-change-date': {
    title: 'Date of status change',
    description: 'When an order or a referral got its present status.',
    context: ['MedicationRequest', 'ServiceRequest'],
    value: ['dateTime'],
  },
  'review-date': {
    title: 'Review date',
    description: 'When the entry is due to be reviewed.',
    context: ['CarePlan', 'Flag'],
    value: ['dateTime'],
  },
  note: {
    title: 'Note',
    description: 'Free text about an entry of a type that FHIR R4 gives no notes.',
    context: ['Encounter', 'Flag'],
    value: ['Annotation'],
  },
  'registration-details': {
    title: 'Registration at a practice',
    description: 'How and since when the patient is registered at the GP practice.',
    context: ['Patient'],
    parts: {
      registrationPeriod: { types: ['Period'] },
      registrationType: { types: ['CodeableConcept'] },
      registrationStatus: { types: ['CodeableConcept'] },
      preferredBranchSurgery: { types: ['Reference'] },
    },
  },
  'configured-source': {
    title: 'Configured source',
    description: 'A source that this endpoint asks, and how it is asked.',
    context: ['CapabilityStatement.rest'],
    parts: {
      source: { types: ['code'], required: true },
      title: { types: ['string'], required: true },
      scope: { types: ['code'], required: true },
      lineage: { types: ['code'], required: true },
      required: { types: ['boolean'] },
    },
  },
  'type-at-source': {
    title: 'Type at a source',
    description:
      'What a source can do with the type: whether it is searched or read there, and which filters it applies exactly or only narrows by; all others are applied here.',
    context: ['CapabilityStatement.rest.resource'],
    parts: {
      source: { types: ['code'], required: true },
      interaction: { types: ['code'], many: true },
      exact: { types: ['string'], many: true },
      superset: { types: ['string'], many: true },
    },
  },
} as const satisfies Readonly<Record<string, ExtensionRow>>;

export type ExtensionName = keyof typeof EXTENSIONS;

/** The canonical of one of our extensions, checked against the table. */
export const ourExtension = (name: ExtensionName): string => extensionUrl(name);
