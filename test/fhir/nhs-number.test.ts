import { expect } from 'chai';
import fc from 'fast-check';
import { checkDigit, parseNhsNumber } from '../../src/fhir/nhs-number.ts';

describe('an NHS number', () => {
  it('passes with a right check digit, written as people write it', () => {
    expect(parseNhsNumber('9990000018')).to.equal('9990000018');
    expect(parseNhsNumber('999 000 0018')).to.equal('9990000018');
    expect(parseNhsNumber('999-000-0018')).to.equal('9990000018');
  });

  it('fails with a wrong check digit, too few digits, words, or a number', () => {
    for (const wrong of ['9990000019', '1234567890', '999000001', 'Test Harness', '', 9990000018, undefined, null]) {
      expect(parseNhsNumber(wrong), String(wrong)).to.equal(undefined);
    }
  });

  it('no longer passes when one digit is wrong', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 999_999_999 }),
        fc.nat(9),
        fc.integer({ min: 1, max: 9 }),
        (number, at, shift) => {
          const nine = String(number).padStart(9, '0');
          fc.pre(checkDigit(nine) < 10);
          const whole = `${nine}${checkDigit(nine)}`;
          const digit = (Number(whole[at]) + shift) % 10;
          return parseNhsNumber(whole.slice(0, at) + String(digit) + whole.slice(at + 1)) === undefined;
        },
      ),
    );
  });
});
