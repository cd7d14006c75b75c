import { basename, dirname, join } from 'node:path';
import { expect } from 'chai';
import { isObject, list, type Json } from '../src/fhir/index.ts';
import { bagOf, difference, leavesOf, pathOf, valueOf } from '../src/mapping/account-leaves.ts';
import { ruleFor } from '../src/mapping/account-rules.ts';
import { mapAnswer } from '../src/mapping/map-answer.ts';
import { loadAdapter } from '../src/sources/load.ts';
import { jsonFiles, notHere, readAnswer, realData } from './fidelity/answers.ts';

/**
 * Pairs of STU3 and R4 that other projects published: our mapping gives the same values at the same paths, but for the
 * differences below. The pairs follow the base rules of HL7, or show one extension alone, so few of them are valid R4.
 */
interface Difference {
  /** The pairs it concerns, by name; all where left out. */
  readonly pair?: RegExp;
  /** What they have and we do not. */
  readonly theirs?: readonly string[];
  /** What we have and they do not. */
  readonly ours?: readonly string[];
  /** The values it concerns; all where left out. */
  readonly value?: RegExp;
  readonly why: string;
}

const ABSENT = 'extension(data-absent-reason).**';
const DIFFERENCES: readonly Difference[] = [
  {
    ours: ['**.text'],
    why: "Where a concept has no text, its display fills it: a reader finds the clinician's words in one place.",
  },
  {
    pair: /3to4/,
    ours: [`**.${ABSENT}`],
    why: 'The snippet shows one extension alone; what R4 requires beside it is marked as absent.',
  },
  {
    theirs: ['**.system'],
    ours: ['**.system'],
    value: /^http:\/\/(terminology\.)?hl7\.org\/(?!fhir\/ValueSet)/,
    why: 'Code systems of HL7 moved to terminology.hl7.org with R4.',
  },
  {
    pair: /PrescriptionType/,
    theirs: ['MedicationRequest.courseOfTherapyType.coding.system'],
    ours: ['MedicationRequest.courseOfTherapyType.coding.system'],
    why: 'Delayed prescribing is no course of therapy that R4 has: its own code stays under its own system.',
  },
  {
    pair: /^(AllergyIntolerance-1|MedicationStatement|DocumentReference|Observation)$/,
    theirs: ['**.reference'],
    ours: [`**.${ABSENT}`],
    why: 'A reference that leads to nothing in the answer is not handed on.',
  },
  {
    pair: /AllergyIntolerance-1/,
    theirs: ['AllergyIntolerance.clinicalStatus.coding.code'],
    ours: ['AllergyIntolerance.clinicalStatus.coding.code'],
    why: 'Theirs puts the verification status in its place: the source says active.',
  },
  {
    pair: /AllergyIntolerance-1/,
    theirs: ['AllergyIntolerance.recordedDate'],
    ours: ['AllergyIntolerance.recordedDate', 'AllergyIntolerance._recordedDate.extension(source-text).*'],
    why: 'R4 allows no time without a zone: the day is shown and the text kept.',
  },
  {
    pair: /AllergyIntolerance-1/,
    theirs: ['AllergyIntolerance.patient.reference'],
    ours: ['AllergyIntolerance.patient.reference'],
    why: "The patient keeps the source's own id for the identity gate to judge, and loses the address of the server.",
  },
  {
    pair: /AllergyIntolerance-1/,
    theirs: ['AllergyIntolerance.reaction.extension(AllergyIntolerance-r2-certainty).*'],
    ours: ['AllergyIntolerance.reaction.extension(source-value).**'],
    why: 'An extension that nobody can look up is kept as its path and value.',
  },
  {
    pair: /Immunization-notGiven/,
    ours: [`Immunization.statusReason.${ABSENT}`],
    why: 'UK Core asks why a vaccine was not given.',
  },
  {
    pair: /^MedicationStatement$/,
    theirs: ['MedicationStatement.extension(extension-MedicationStatement.*).*'],
    ours: ['MedicationStatement._status.extension(source-text).*'],
    why: 'The status that "not taken" outweighs is kept beside it, and "taken" says no more than that status.',
  },
  {
    pair: /^MedicationStatement$/,
    theirs: ['MedicationStatement.reasonCode.coding.*'],
    ours: ['MedicationStatement.statusReason.coding.*'],
    why: 'Why it is not taken is the reason of that status; why it would be taken is another matter.',
  },
  {
    pair: /^DocumentReference$/,
    theirs: ['DocumentReference.date', 'DocumentReference.context.period.*'],
    ours: ['DocumentReference.date', 'DocumentReference.context.period.*'],
    why: 'Theirs moves times to another zone: ours are as they were recorded.',
  },
  {
    pair: /^DocumentReference$/,
    theirs: ['DocumentReference.extension(extension-DocumentReference.created).*'],
    ours: ['DocumentReference.content.attachment.creation'],
    why: 'When the content was made has an element in R4.',
  },
  {
    pair: /^DocumentReference$/,
    theirs: ['DocumentReference.content.attachment.url'],
    ours: [`DocumentReference.content.attachment._url.${ABSENT}`],
    why: 'The address of another system is never handed on.',
  },
  {
    pair: /^DocumentReference$/,
    ours: ['DocumentReference.context.related.identifier.*'],
    why: 'Theirs loses the identifiers of related documents.',
  },
  {
    pair: /^Medication$/,
    theirs: ['Medication.extension(extension-Medication.**).**'],
    ours: ['Medication.extension(source-value).**'],
    why: 'Elements that R4 does not have are kept by path and value, the content of a package too, which theirs loses.',
  },
  {
    pair: /^Observation$/,
    theirs: ['Observation.issued'],
    ours: ['Observation.issued'],
    why: 'Theirs moves times to another zone: ours are as they were recorded.',
  },
  {
    pair: /^Observation$/,
    theirs: ['Observation.extension(Observation.*).*'],
    ours: ['Observation.extension(source-value).**'],
    why: 'Relations that R4 does not have are kept by path and value.',
  },
  {
    pair: /^Patient$/,
    theirs: ['Patient.extension(patient-animal).**'],
    ours: ['Patient.extension(source-value).**'],
    why: 'Nobody in a GP record is an animal: what a source says of one is kept by path and value.',
  },
  {
    pair: /AllergyIntoleranceEnd/,
    theirs: ['AllergyIntolerance.extension(Extension-UKCore-AllergyIntoleranceEnd).**'],
    ours: ['AllergyIntolerance.clinicalStatus.extension(Extension-UKCore-AllergyIntoleranceEnd).**'],
    why: 'UK Core has this extension at the clinical status.',
  },
  {
    pair: /RepeatInformation/,
    theirs: ['MedicationRequest.extension(Extension-UKCore-MedicationRepeatInformation).**'],
    ours: ['MedicationRequest.extension(Extension-UKCore-MedicationRepeatInformation).**'],
    why: 'UK Core has since given this extension another host, and its part another name.',
  },
  {
    pair: /StatusReason/,
    theirs: ['MedicationRequest.statusReason.coding.extension(Extension-UKCore-CodingSCTDescId).**'],
    ours: [
      'MedicationRequest.statusReason.coding.extension(Extension-UKCore-CodingSCTDescDisplay).*',
      'MedicationRequest.statusReason.coding.extension(coding-description-id).*',
    ],
    why: 'UK Core retired the extension for the description id and has one for its display.',
  },
  {
    pair: /StatusReason/,
    ours: ['MedicationRequest.extension(status-change-date).*'],
    why: 'Theirs loses when the status changed.',
  },
  {
    pair: /PrescribingAgency/,
    theirs: ['MedicationStatement.extension(Extension-UKCore-MedicationPrescribingOrganization).**'],
    ours: ['MedicationStatement.extension(Extension-UKCore-MedicationPrescribingOrganizationType).**'],
    why: 'UK Core gave this extension another name.',
  },
];

const OUT_OF_SCOPE: readonly unknown[] = ['Appointment', 'Device', 'Provenance', 'Slot'];

const files = jsonFiles(join(realData, 'pairs')).filter((it) => it.endsWith('.stu3.json'));

describe('published pairs of STU3 and R4', () => {
  const used = new Set<Difference>();
  if (files.length === 0) notHere('a folder of pairs of STU3 and R4');

  for (const file of files) {
    const name = basename(file, '.stu3.json');
    const source = readAnswer(file) as Json;
    const title = `${basename(dirname(file))}/${name}`;
    if (OUT_OF_SCOPE.includes(source['resourceType'])) {
      it(`${title} is out of scope: GP Connect sends no such resource, and an issue would name it`, async () => {
        const { issues = [] } = (await loadAdapter('gp-connect'))!.split(source);
        expect(issues).to.have.length(1);
      });
      continue;
    }
    it(`${title}: the same values at the same paths, but for the differences with a reason`, async () => {
      const adapter = (await loadAdapter('gp-connect'))!;
      const [mapped] = mapAnswer(adapter, adapter.split(source), { source: 'gp' }).resources;
      const bag = (it: unknown) => bagOf(leavesOf(it, String(isObject(it) ? it['resourceType'] : '')));
      const [ours, theirs] = [bag(mapped!.resource), bag(readAnswer(file.replace('.stu3.', '.r4-expected.')))];
      for (const [side, keys] of [
        ['ours', difference(ours, theirs).keys()],
        ['theirs', difference(theirs, ours).keys()],
      ] as const)
        for (const key of keys) {
          const leaf = { path: pathOf(key), value: valueOf(key) };
          const known = DIFFERENCES.find(
            ({ pair, why, value = /^/, [side]: path }) =>
              (pair?.test(name) ?? true) && path && ruleFor([{ path, value, why }], leaf),
          );
          expect(known, `${side}: ${leaf.path} = ${leaf.value}`).to.not.equal(undefined);
          used.add(known!);
        }
    });
  }

  it('differ in nothing that has a reason and no case', function () {
    if (files.length === 0) this.skip();
    expect(DIFFERENCES.filter((it) => !used.has(it)).map((it) => list(it.ours).join())).to.deep.equal([]);
  });
});
