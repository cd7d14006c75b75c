import { type Json, objects, ourExtension, ukCoreExtension } from '../../src/fhir/index.ts';
import { codings } from './codes.ts';
import { extensionName, leftOver, partsOf, valueOf } from './extensions.ts';
import { add, addExtension, type ExtensionMove, type TypeMapping } from './move.ts';

const HL7_EXTENSION = 'http://hl7.org/fhir/StructureDefinition/';

/** A language with how it is spoken and read; that an interpreter is needed is said of the patient, not of a language. */
const communication: ExtensionMove = (extension, draft, { body }) => {
  const languages = partsOf(extension, 'language');
  const preferred = partsOf(extension, 'preferred');
  const modes = partsOf(extension, 'modeOfCommunication').filter(isCoded);
  const levels = partsOf(extension, 'communicationProficiency').filter(isCoded);
  const proficiency = [
    ...modes.map((it) => ({ url: 'type', valueCoding: codings(valueOf(it))[0] })),
    ...levels.slice(0, 1).map((it) => ({ url: 'level', valueCoding: codings(valueOf(it))[0] })),
  ];
  const spoken = {
    ...(proficiency.length > 0 && {
      extension: [{ url: `${HL7_EXTENSION}patient-proficiency`, extension: proficiency }],
    }),
    ...(languages[0] && { language: valueOf(languages[0]) }),
    ...(preferred[0] && { preferred: valueOf(preferred[0]) }),
  };
  if (Object.keys(spoken).length > 0) add(draft, 'communication', [spoken]);
  const interpreters = moveInterpreter(extension, draft, body);
  return leftOver(
    extension,
    [languages[0], preferred[0], levels[0], ...modes, ...interpreters].filter((it) => it !== undefined),
  );
};

/** A part whose one coding carries all that it says. */
const isCoded = (part: Json): boolean => codings(valueOf(part)).length === 1;

/** Needed for any language means needed. Where languages differ, each keeps its own statement as well. */
const moveInterpreter = (extension: Json, draft: Record<string, unknown>, body: Json): readonly Json[] => {
  const url = `${HL7_EXTENSION}patient-interpreterRequired`;
  const said = objects(body['extension'])
    .filter((it) => extensionName(it['url']) === 'NHSCommunication')
    .flatMap((it) => partsOf(it, 'interpreterRequired'))
    .map(valueOf);
  if (said.length === 0 || said.some((it) => typeof it !== 'boolean')) return [];
  if (!objects(draft['extension']).some((it) => it['url'] === url))
    addExtension(draft, { url, valueBoolean: said.includes(true) });
  return new Set(said).size === 1 ? partsOf(extension, 'interpreterRequired') : [];
};

export const patient: TypeMapping = {
  type: 'Patient',
  extensions: {
    RegistrationDetails: ourExtension('registration-details'),
    NHSCommunication: communication,
    EthnicCategory: ukCoreExtension('EthnicCategory'),
    DeathNotificationStatus: ukCoreExtension('DeathNotificationStatus'),
    ResidentialStatus: ukCoreExtension('ResidentialStatus'),
  },
};
