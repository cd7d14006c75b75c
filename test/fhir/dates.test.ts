import { expect } from 'chai';
import { dateForm, dateRange } from '../../src/fhir/dates.ts';

describe('a FHIR date', () => {
  const forms = {
    '2024': 'year',
    '2024-02': 'month',
    '2024-02-29': 'day',
    '2023-02-29': 'impossible',
    '1961-04-93': 'impossible',
    '2024-13': 'impossible',
    '0000': 'impossible',
    '2024-02-29T10:00:00Z': 'time',
    '2024-02-29T10:00:00.123+01:00': 'time',
    '2024-02-29T10:00:00': 'zoneless',
    '2024-02-29T10:00+00:00': 'no-seconds',
    '2024-02-29T25:00:00Z': 'impossible',
    '29/02/2024': 'impossible',
    '2024-2-9': 'impossible',
    '': 'impossible',
  };
  for (const [written, form] of Object.entries(forms)) {
    it(`says of ${JSON.stringify(written)} that it is ${form}`, () => {
      expect(dateForm(written)).to.equal(form);
    });
  }

  it('stands for all of the time it names', () => {
    expect(dateRange('2024')).to.deep.equal({ low: Date.UTC(2024, 0), high: Date.UTC(2025, 0) });
    expect(dateRange('2024-12')).to.deep.equal({ low: Date.UTC(2024, 11), high: Date.UTC(2025, 0) });
    expect(dateRange('2024-02-29')).to.deep.equal({ low: Date.UTC(2024, 1, 29), high: Date.UTC(2024, 2, 1) });
    expect(dateRange('2024-06-01T00:30:00+01:00')).to.deep.equal({
      low: Date.UTC(2024, 4, 31, 23, 30),
      high: Date.UTC(2024, 4, 31, 23, 30, 1),
    });
    expect(dateRange('2024-06-01T00:30:00.5Z')).to.deep.equal({
      low: Date.UTC(2024, 5, 1, 0, 30, 0, 500),
      high: Date.UTC(2024, 5, 1, 0, 30, 0, 501),
    });
    expect(dateRange('2023-02-30')).to.equal(undefined);
  });

  it('is a date in England: a summer’s day begins an hour before that of UTC', () => {
    expect(dateRange('2026-06-21')).to.deep.equal({ low: Date.UTC(2026, 5, 20, 23), high: Date.UTC(2026, 5, 21, 23) });
    const early = dateRange('2026-06-21T00:30:00+01:00')!;
    expect(early.low).to.be.at.least(dateRange('2026-06-21')!.low).and.below(dateRange('2026-06-21')!.high);
    expect(dateRange('2026-03-29')).to.deep.equal({ low: Date.UTC(2026, 2, 29), high: Date.UTC(2026, 2, 29, 23) });
    expect(dateRange('2026-10-25')).to.deep.equal({ low: Date.UTC(2026, 9, 24, 23), high: Date.UTC(2026, 9, 26) });
    expect(dateRange('2026-06-21T10:00:00')).to.deep.equal({
      low: Date.UTC(2026, 5, 21, 9),
      high: Date.UTC(2026, 5, 21, 9, 0, 1),
    });
  });
});
