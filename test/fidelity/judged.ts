import type { Fault } from './judge.ts';

/** What the judge calls an error and we emit all the same, because every other way would lose or invent something. */
const KNOWN: readonly { readonly path: RegExp; readonly message: RegExp; readonly why: string }[] = [
  {
    path: /\.clinicalStatus$/,
    message: /^no code: .*allergyintolerance-clinical is required$/,
    why:
      'An allergy without a clinical status: R4 requires one (ait-1) and has no code for an unknown one. A reason for its ' +
      'absence stands there; any code, "active" too, would be a guess.',
  },
  {
    path: /\.modifierExtension\[\d+\]$/,
    message: /^unknown modifier extension/,
    why: 'What it modifies must not be read without it, so it stays for the reader to refuse.',
  },
  {
    path: /\.identifier\[\d+\]\.type\.coding\[\d+\]$/,
    message: /^code '[^']+' is not in the code system http:\/\/terminology\.hl7\.org\/CodeSystem\/v2-0203$/,
    why: 'A kind of identifier that the source made up under the system of HL7: which other it meant nobody can tell.',
  },
];

/** Why a fault is known and accepted; undefined for any other. */
export const knownFault = ({ path, message }: Fault): string | undefined =>
  KNOWN.find((it) => it.path.test(path) && it.message.test(message))?.why;
