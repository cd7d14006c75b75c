import { remembered } from './remembered.ts';
import { BRANDS, MEDICINE_WORDS } from './vocabulary.ts';
import { readable, tokensOf } from './words.ts';

/** What the name of a product tells: `Ramipril 2.5mg capsules` is ramipril, 2.5 mg, capsule. */
export interface Product {
  /** The ingredients as sorted words; empty where the name tells none. */
  readonly ingredient: string;
  readonly strength: Strength | undefined;
  readonly form: string;
  /** `mr` where it releases slowly, `gr` where the stomach does not dissolve it. */
  readonly release: string;
}

export interface Strength {
  /** In milligrams, millilitres, units or percent, per dose or per millilitre. */
  readonly amount: number;
  readonly unit: string;
}

const FORMS: Readonly<Record<string, readonly string[]>> = {
  tablet: ['tablet', 'tab', 'caplet'],
  capsule: ['capsule', 'cap'],
  liquid: ['solution', 'soln', 'suspension', 'susp', 'liquid', 'syrup', 'elixir', 'mixture', 'linctus'],
  inhaler: ['inhaler', 'inh', 'inhalation', 'evohaler', 'accuhaler', 'turbohaler', 'autohaler', 'easi', 'nebuliser'],
  injection: ['injection', 'vial', 'ampoule', 'pen', 'cartridge', 'infusion', 'syringe'],
  cream: ['cream'],
  ointment: ['ointment'],
  gel: ['gel'],
  drops: ['drop'],
  spray: ['spray'],
  patch: ['patch', 'plaster'],
  suppository: ['suppository', 'pessary', 'enema'],
  powder: ['powder', 'granule', 'sachet'],
  lotion: ['lotion', 'shampoo', 'foam', 'mousse', 'emollient'],
};
const FORM_OF = new Map(
  Object.entries(FORMS).flatMap(([form, names]) =>
    names.flatMap((it) => tokensOf(it).map((token) => [token, form] as const)),
  ),
);

/** Words of a product's name that are neither its ingredient nor its form. */
const FILLER: ReadonlySet<string> = new Set(
  (
    'mg mcg microgram micrograms nanogram gram grams g kg ml litre unit units iu mmol percent dose doses per free cfc sugar alcohol preservative gastro resistant ec enteric coated modified prolonged extended ' +
    'slow sustained release mr sr xl xr la cr er retard dispersible effervescent soluble orodispersible chewable oral for use actuated breath dry metered hard soft pre filled prefilled disposable ' +
    'unlicensed special generic film scored strength once daily and with in of the a to hydrochloride sodium potassium calcium maleate mesilate mesylate besilate besylate tartrate fumarate succinate phosphate sulfate sulphate acetate citrate nitrate bromide chloride ' +
    'hcl hydrobromide trihydrate dihydrate monohydrate anhydrous hydrogen erbumine arginine cilexetil medoxomil disodium tosilate ' +
    'rx tto ttos x continue continued dispensed'
  )
    .split(' ')
    .flatMap(tokensOf),
);
/** Salts that are the medicine itself where nothing else is named: `sodium chloride`. */
const SALTS = /^(sodium|potassium|calcium|chloride|citrate|phosphate|acetate|nitrate|sulfate|magnesium)$/;

const UNITS: Readonly<Record<string, readonly [unit: string, factor: number]>> = {
  mg: ['mg', 1],
  milligram: ['mg', 1],
  milligrams: ['mg', 1],
  microgram: ['mg', 0.001],
  micrograms: ['mg', 0.001],
  mcg: ['mg', 0.001],
  µg: ['mg', 0.001],
  μg: ['mg', 0.001],
  ug: ['mg', 0.001],
  nanogram: ['mg', 0.000001],
  nanograms: ['mg', 0.000001],
  g: ['mg', 1000],
  gram: ['mg', 1000],
  grams: ['mg', 1000],
  unit: ['unit', 1],
  units: ['unit', 1],
  iu: ['unit', 1],
  '%': ['%', 1],
  mmol: ['mmol', 1],
  ml: ['ml', 1],
};

const STRENGTH =
  /(\d+(?:[.,]\d+)?)\s*(milligrams?|micrograms?|nanograms?|grams?|mg|mcg|µg|μg|ug|units?|iu|mmol|g|%)(?![a-z])(?:\s*\/\s*(\d+(?:\.\d+)?)?\s*(ml|dose|hour|g|actuation)s?)?/i;

/** Reads the name of a product. What stands in brackets at its end is its maker. */
export const productOf = remembered((name): Product => {
  const bare = readable(name)
    .replace(/\([^()]*(\([^()]*\)[^()]*)*\)\s*$/, '')
    .replace(/(\d),(\d{3})/g, '$1$2');
  const tokens = tokensOf(bare);
  const measured = STRENGTH.exec(bare);
  const words = tokensOf(
    bare.slice(0, measured?.index ?? bare.length).trim() === '' ? bare : bare.slice(0, measured?.index ?? bare.length),
  );
  const kept = words.filter((it) => !/\d/.test(it) && !FORM_OF.has(it) && !FILLER.has(it));
  const ingredients = kept.length > 0 ? kept : words.filter((it) => SALTS.test(it));
  return {
    ingredient: [...new Set(ingredients.map((it) => INN.get(it) ?? it))].sort().join(' '),
    strength: measured ? strengthOf(measured) : undefined,
    form: tokens.flatMap((it) => FORM_OF.get(it) ?? [])[0] ?? '',
    release: /\b(modified|prolonged|extended|slow|sustained|mr|sr|xl|xr|la|cr|er|retard)\b/i.test(bare)
      ? 'mr'
      : /gastro[- ]?resistant|\bec\b|enteric/i.test(bare)
        ? 'gr'
        : '',
  };
});

const INN = new Map(
  Object.entries({ ...MEDICINE_WORDS, ...BRANDS }).map(([old, now]) => [
    tokensOf(old).join(' '),
    tokensOf(now).join(' '),
  ]),
);

const strengthOf = ([, written = '', spelled = '', per, volume]: RegExpExecArray): Strength | undefined => {
  const [unit, factor] = UNITS[spelled.toLowerCase()] ?? [];
  if (unit === undefined || factor === undefined) return undefined;
  const amount = (Number(written.replace(',', '.')) * factor) / (Number(per ?? 1) || 1);
  return {
    amount: Number(amount.toPrecision(9)),
    unit: volume === undefined ? unit : `${unit}/${volume.toLowerCase()}`,
  };
};

/** A dose as a number a day; undefined parts are not told, or told in words that cannot be compared. */
export interface Dose {
  readonly amount: number | undefined;
  readonly perDay: number | undefined;
  readonly asNeeded: boolean;
}

const NUMBERS: Readonly<Record<string, number>> = {
  half: 0.5,
  one: 1,
  a: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  eight: 8,
  ten: 10,
};

/** How often, by the words and the Latin of prescriptions. */
const FREQUENCIES: readonly (readonly [words: RegExp, perDay: number])[] = [
  [/\b(four times|4 times|4x|q d s|qds|qid|every 6 h|every six h|6 hourly)/, 4],
  [/\b(three times|3 times|3x|t d s|tds|tid|every 8 h|every eight h|8 hourly)/, 3],
  [/\b(twice|two times|2 times|2x|bd|bid|b d|every 12 h|every twelve h|12 hourly|morning and (night|evening))/, 2],
  [/\b(every 4 h|every four h|4 hourly)/, 6],
  [/\b(five times|5 times)/, 5],
  [/\b(alternate days?|every other day|every 48 h)/, 0.5],
  [/\b(once (a )?week|weekly|every 7 days|once weekly|each week|every week)\b/, 1 / 7],
  [/\b(once (a )?month|monthly|every (28|30) days|every month)\b/, 1 / 30],
  [/\b(every 72 h|every three days)/, 1 / 3],
  [
    /\b(once|daily|1x|od|qd|o d|om|on|nocte|mane|each (morning|night|day|evening)|every (day|morning|night|evening|24 h)|at (night|bedtime)|in the (morning|evening)|a day|per day)\b/,
    1,
  ],
];

/** Reads the words of a dose: `One to be taken twice daily`, `1 BD`. */
export const doseOf = remembered((told): Dose => {
  const plain = told
    .toLowerCase()
    .replace(/(\d)\s*(h|hrs?|hours?)\b/g, '$1 h')
    .replace(/[^a-z0-9./ ]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const amount =
    /^(?:take |inhale |apply |use |give |inject )?(\d+(?:\.\d+)?(?:\/\d+)?|half|one|two|three|four|five|six|eight|ten|a)\b(?! (?:times|day|hour|week))/.exec(
      plain,
    )?.[1];
  return {
    amount: amount === undefined ? undefined : numberOf(amount),
    perDay: /\b(then|reducing|increasing|titrate|as directed|up to)\b/.test(plain)
      ? undefined
      : FREQUENCIES.find(([it]) => it.test(plain))?.[1],
    asNeeded: /\b(prn|when required|if required|as required|when needed|as needed|p r n)\b/.test(plain),
  };
});

const numberOf = (written: string): number => {
  const [over = '', under] = written.split('/');
  const known = NUMBERS[over] ?? Number(over);
  return under === undefined ? known : known / Number(under);
};
