import { expect } from 'chai';
import fc from 'fast-check';
import { readDate } from './dates.ts';

describe('dates of the community record', () => {
  const cases: readonly (readonly [written: string, value: string, text?: string])[] = [
    ['04/03/2024', '2024-03-04'],
    ['29/02/2024', '2024-02-29'],
    ['03/2024', '2024-03'],
    ['2024', '2024'],
    ['04/03/2024 14:30', '2024-03-04', '04/03/2024 14:30'],
    ['31/03/2024 01:30', '2024-03-31', '31/03/2024 01:30'],
    ['27/10/2024 01:30', '2024-10-27', '27/10/2024 01:30'],
    ['2024-03-04', '2024-03-04'],
    ['31/02/2024', '31/02/2024'],
    ['31/02/2024 10:00', '31/02/2024 10:00'],
    ['29/02/2023', '29/02/2023'],
    ['13/2024', '13/2024'],
    ['00/01/2024', '00/01/2024'],
    ['0000', '0000'],
    ['4/3/2024', '4/3/2024'],
    ['03/04/24', '03/04/24'],
    ['04/03/2024 24:00', '04/03/2024 24:00'],
    ['04/03/2024 14:30:15', '2024-03-04', '04/03/2024 14:30:15'],
    ['tomorrow', 'tomorrow'],
  ];
  for (const [written, value, text] of cases) {
    it(`reads ${written} as ${value}${text === undefined ? '' : ' and keeps the time as text'}`, () => {
      expect(readDate(written)).to.deep.equal(text === undefined ? { value } : { value, text });
    });
  }

  it('reads every day of the calendar, and no other', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1900-01-01'), max: new Date('2100-12-31'), noInvalidDate: true }),
        (date) => {
          const [year, month, day] = date.toISOString().slice(0, 10).split('-');
          expect(readDate(`${day}/${month}/${year}`)).to.deep.equal({ value: `${year}-${month}-${day}` });
          expect(readDate(`${day}/${month}/${year} 00:00`).value).to.equal(`${year}-${month}-${day}`);
        },
      ),
    );
  });
});
