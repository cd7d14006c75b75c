/**
 * The records of the Fellside Community Record as its API promises them. A promise is not relied upon: every value goes
 * through a {@link Reader}, which leaves what has another shape behind.
 */

/** `dd/MM/yyyy`, `MM/yyyy` or `yyyy`; where a time is meant also `dd/MM/yyyy HH:mm` in UK local time. */
type When = string;
export type YesNo = 'Y' | 'N';

export interface Coded {
  readonly localCode?: string;
  readonly snomedCode?: string;
  readonly term?: string;
}

export interface Product extends Coded {
  readonly dmdCode?: string;
}

export interface Provider {
  readonly odsCode?: string;
  readonly name?: string;
}

export interface Team {
  readonly teamId?: number;
  readonly name?: string;
  readonly service?: string;
  readonly phone?: string;
  readonly provider?: Provider;
}

export interface Staff {
  readonly staffId?: number;
  readonly name?: string;
  readonly role?: string;
  readonly registrationBody?: string;
  readonly registrationNumber?: string;
  readonly team?: Team;
}

export interface Site {
  readonly siteId?: number;
  readonly name?: string;
  readonly siteType?: string;
  readonly odsCode?: string;
  readonly addressLines?: readonly string[];
  readonly postcode?: string;
  readonly phone?: string;
}

export interface PatientRecord {
  readonly patientId?: number;
  readonly nhsNumber?: string;
  readonly nhsNumberStatus?: string;
  readonly title?: string;
  readonly forename?: string;
  readonly middleNames?: string;
  readonly surname?: string;
  readonly preferredName?: string;
  readonly dob?: When;
  readonly dateOfDeath?: When;
  readonly sex?: string;
  readonly ethnicCategory?: string;
  readonly preferredLanguage?: { readonly isoCode?: string; readonly term?: string };
  readonly interpreterRequired?: YesNo;
  readonly addressLines?: readonly string[];
  readonly postcode?: string;
  readonly phone?: string;
  readonly mobile?: string;
  readonly email?: string;
  readonly gpPracticeCode?: string;
  readonly gpPracticeName?: string;
  readonly nextOfKin?: readonly { readonly name?: string; readonly relationship?: string; readonly phone?: string }[];
  readonly restricted?: YesNo;
}

/** What every entry of a patient's record has. */
export interface Entry {
  readonly patientId?: number;
  readonly relatedContactId?: number;
  readonly notes?: string;
  readonly restricted?: YesNo;
}

export interface Contact extends Entry {
  readonly contactId?: number;
  readonly contactType?: string;
  readonly outcome?: string;
  readonly startDateTime?: When;
  readonly endDateTime?: When;
  readonly durationMinutes?: number;
  readonly reason?: Coded;
  readonly leadStaff?: Staff;
  readonly otherStaff?: readonly Staff[];
  readonly team?: Team;
  readonly site?: Site;
  readonly place?: Coded;
  readonly relatedReferralId?: number;
}

export interface Referral extends Entry {
  readonly referralId?: number;
  readonly referralDate?: When;
  readonly source?: Coded;
  readonly referredBy?: Referrer;
  readonly referredByStaff?: Staff;
  readonly service?: Coded;
  readonly team?: Team;
  readonly priority?: string;
  readonly reason?: Coded;
  readonly status?: string;
  readonly statusDate?: When;
  readonly statusReason?: Coded;
}

export interface Referrer {
  readonly name?: string;
  readonly role?: string;
  readonly odsCode?: string;
  readonly organisationName?: string;
}

export interface CarePlanRecord extends Entry {
  readonly carePlanId?: number;
  readonly title?: string;
  readonly planType?: Coded;
  readonly status?: string;
  readonly startDate?: When;
  readonly endDate?: When;
  readonly reviewDate?: When;
  readonly author?: Staff;
  readonly team?: Team;
  readonly relatedProblemIds?: readonly number[];
  readonly relatedReferralId?: number;
  readonly goals?: readonly GoalRecord[];
  readonly interventions?: readonly Intervention[];
}

export interface GoalRecord {
  readonly goalId?: number;
  readonly goal?: Coded;
  readonly status?: string;
  readonly startDate?: When;
  readonly targetDate?: When;
  readonly notes?: string;
}

export interface Intervention {
  readonly intervention?: Coded;
  readonly frequency?: string;
  readonly status?: string;
  readonly assignedTo?: Staff;
  readonly notes?: string;
}

export interface Allergy extends Entry {
  readonly allergyId?: number;
  readonly allergy?: Coded;
  readonly kind?: string;
  readonly category?: string;
  readonly certainty?: string;
  readonly status?: string;
  readonly severity?: string;
  readonly reactions?: readonly Coded[];
  readonly onsetDate?: When;
  readonly recordedDate?: When;
  readonly endedDate?: When;
  readonly endReason?: string;
  readonly recordedBy?: Staff;
}

export interface Problem extends Entry {
  readonly problemId?: number;
  readonly problem?: Coded;
  readonly status?: string;
  readonly certainty?: string;
  readonly significance?: string;
  readonly severity?: Coded;
  readonly bodySite?: Coded;
  readonly onsetDate?: When;
  readonly endedDate?: When;
  readonly recordedDate?: When;
  readonly recordedBy?: Staff;
}

export interface Assessment extends Entry {
  readonly assessmentId?: number;
  readonly tool?: Coded;
  readonly status?: string;
  readonly assessedDateTime?: When;
  readonly totalScore?: number;
  readonly band?: Coded;
  readonly items?: readonly AssessmentItem[];
  readonly assessedBy?: Staff;
}

export interface AssessmentItem {
  readonly itemCode?: string;
  readonly question?: string;
  readonly answerCode?: string;
  readonly answer?: string;
  readonly score?: number;
}

export interface Alert extends Entry {
  readonly alertId?: number;
  readonly alert?: Coded;
  readonly category?: string;
  readonly status?: string;
  readonly startDate?: When;
  readonly endDate?: When;
  readonly reviewDate?: When;
  readonly raisedBy?: Staff;
}

export interface Medicine extends Entry {
  readonly administrationId?: number;
  readonly kind?: string;
  readonly product?: Product;
  readonly vaccination?: Coded;
  readonly status?: string;
  readonly reasonNotGiven?: Coded;
  readonly givenDateTime?: When;
  readonly dose?: { readonly value?: number; readonly unit?: string; readonly text?: string };
  readonly doseNumber?: number;
  readonly route?: Coded;
  readonly bodySite?: Coded;
  readonly batchNumber?: string;
  readonly expiryDate?: When;
  readonly manufacturer?: string;
  readonly indication?: Coded;
  readonly givenBy?: Staff;
  readonly site?: Site;
}
