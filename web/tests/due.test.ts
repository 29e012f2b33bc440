import { describe, expect, it } from 'vitest';
import { i18next, setLanguage } from '../src/i18n';
import { spanForm, spanWords } from '../src/lib/due';

describe('a span of time', () => {
  it('is sent as the form that the workflows count with', () => {
    expect(spanForm({ count: 3, kind: 'workingDays' })).toEqual({ workingDays: 3 });
    expect(spanForm({ count: 10, kind: 'days' })).toEqual({ in: 'P10D' });
  });
  it('is told in words of both languages', () => {
    setLanguage('vi');
    const words = (form: unknown) => spanWords(i18next.t, 'vi', form);
    expect([{ workingDays: 3 }, { in: 'P10D' }, { in: 'P1M' }, { workingHours: 8 }, { date: '2027-03-05' }].map(words))
      .toEqual(['3 ngày làm việc', '10 ngày', '1 tháng', '8 giờ làm việc', 'đến ngày 05/03/2027']);
    setLanguage('en');
    expect([{ workingDays: 1 }, { in: 'P2W' }].map((form) => spanWords(i18next.t, 'en', form))).toEqual(['1 working day', '2 weeks']);
    setLanguage('vi');
  });
  it('shows a form it has no words for as it stands', () => {
    expect(spanWords(i18next.t, 'vi', { in: 'P1DT4H' })).toBe('{"in":"P1DT4H"}');
    expect(spanWords(i18next.t, 'vi', null)).toBe('');
  });
});
