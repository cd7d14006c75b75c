import { BASE, ukCoreExtension } from './canonicals.ts';
import { remembered } from './remembered.ts';
import { sourceValues, wholeReference } from './source-value.ts';
import { isObject, type Json, objects } from './types.ts';

/** The extensions that UK Core defines under its own address, by the last part of their names (June 2025). */
const UK_CORE: ReadonlySet<string> = new Set(
  (
    'ActualProblem AdditionalContact AddressKey AdmissionMethod AllergyIntoleranceEnd AnaestheticIssues ' +
    'AssociatedEncounter BirthSex BodySiteReference BookingOrganization CareSettingType ClinicalSetting ' +
    'CodingSCTDescDisplay CodingSCTDescId ConditionEpisode ContactPreference ContactRank CopyCorrespondenceIndicator ' +
    'Coverage CuffSize DeathNotificationStatus DeliveryChannel DeviceReference DischargeMethod EffectivePeriod ' +
    'EmergencyCareDischargeStatus EncounterTransport EthnicCategory Evidence LegalStatus ListWarningCode ' +
    'MainLocation MedicalApplianceSupplier MedicationChangeSummary MedicationDosageLastChanged ' +
    'MedicationPrescribingAgency MedicationPrescribingOrganization MedicationPrescribingOrganizationType ' +
    'MedicationQuantityText MedicationRepeatInformation MedicationStatementLastIssueDate MedicationTradeFamily ' +
    'MessageHeaderInstruction NHSCommunication NHSNumberUnavailableReason NHSNumberVerificationStatus ' +
    'NominatedPharmacy OtherContactSystem OutcomeOfAttendance OverseasVisitorChargingCategory ParentPresent ' +
    'PharmacistVerifiedIndicator PreferredDispenserOrganization PrescriptionType PriorityReason ProblemSignificance ' +
    'Recorder RecordingSetting RelatedClinicalContent RelatedProblemHeader ReligiousAffiliation ResidentialStatus ' +
    'SampleCategory ServiceRequestMethod SourceOfServiceRequest TreatmentCategory TypedDateTime TypedPeriod ' +
    'VaccinationProcedure'
  )
    .split(' ')
    .map(ukCoreExtension),
);

/** What HL7 defines for R4, and for elements of another FHIR version; UK Core borrows some of the latter. */
const HL7 = /^http:\/\/hl7\.org\/fhir\/(?:\d\.\d\/StructureDefinition\/extension-|StructureDefinition\/)[^/]+$/;

/** True for the URL of an extension that a consumer of UK Core can look up: of HL7, of UK Core, or ours. */
export const isKnownExtension = (url: unknown): boolean => typeof url === 'string' && isKnownUrl(url);

const isKnownUrl = remembered(
  (url) => UK_CORE.has(url) || HL7.test(url) || url.startsWith(`${BASE}/StructureDefinition/`),
);

/**
 * An extension as a consumer of UK Core may see it: a known one as it is; any other as `source-value` extensions, one
 * per leaf, their path beginning with its url, since a strict consumer rejects what it cannot look up.
 * @param host the type that holds the extension; within `Extension` a part is named by a word.
 */
export const keepExtension = (extension: Json, host: string): Json | readonly Json[] => {
  const { url } = extension;
  const part = host === 'Extension' && typeof url === 'string' && isWord(url);
  return part || isKnownExtension(url) ? extension : flatten(extension, '');
};

const isWord = remembered((url) => /^[\w-]+$/.test(url));

const flatten = (extension: Json, above: string): readonly Json[] => {
  const path = above + (typeof extension['url'] === 'string' ? extension['url'] : 'extension');
  return Object.entries(extension).flatMap(([name, value]) => {
    if (name === 'url' || name === 'id') return [];
    if (name === 'extension') return objects(value).flatMap((it) => flatten(it, `${path}.`));
    return sourceValues(path, name === 'valueReference' && isObject(value) ? wholeReference(value) : value);
  });
};
