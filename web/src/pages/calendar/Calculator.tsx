import { useEffect, useState } from 'react';
import { Button, InputNumber, Select } from 'antd';
import { useCompute } from '../../api/calendar';
import { isProblem } from '../../api/client';
import { DayField, FieldError } from '../../components/fields';
import { formatDay } from '../../lib/dates';
import { useLanguage } from '../../i18n';

const kinds = ['workingDays', 'days', 'months', 'workingHours', 'daysBefore', 'workingDaysBefore'] as const;
type Kind = (typeof kinds)[number];

const formOf = (kind: Kind, count: number, from: string): object => {
  switch (kind) {
    case 'workingDays': return { workingDays: count };
    case 'days': return { in: `P${count}D` };
    case 'months': return { in: `P${count}M` };
    case 'workingHours': return { workingHours: count };
    case 'daysBefore': return { relativeTo: from, in: `-P${count}D` };
    case 'workingDaysBefore': return { relativeTo: from, workingDays: -count };
  }
};

/** Counts one deadline as the workflows do, with every reason. */
export function Calculator({ unit, today }: { unit?: string; today: string }) {
  const { t, text, language } = useLanguage();
  const [from, setFrom] = useState<string | undefined>(today);
  const [count, setCount] = useState<number | null>(5);
  const [kind, setKind] = useState<Kind>('workingDays');
  const compute = useCompute();
  const { reset } = compute;
  useEffect(reset, [from, count, kind, unit, reset]);
  const hours = kind === 'workingHours';
  const found = compute.data;
  return (
    <form className="calculator" noValidate onSubmit={(e) => {
      e.preventDefault();
      // Hours are counted from opening time, days from the day as a whole.
      if (from && count) compute.mutate({ from: hours ? `${from}T07:30:00+07:00` : from, due: formOf(kind, count, from), unit });
    }}>
      <div className="calculator-fields">
        <div className="field">
          <label htmlFor="due-from">{t('calendar.from')}</label>
          <DayField id="due-from" value={from} onChange={setFrom} />
        </div>
        <div className="field">
          <label htmlFor="due-count">{t('calendar.count')}</label>
          <InputNumber id="due-count" className="wide" min={1} max={999} precision={0} value={count} onChange={setCount} />
        </div>
        <div className="field">
          <label htmlFor="due-kind">{t('calendar.unitOfTime')}</label>
          <Select id="due-kind" className="wide" value={kind} onChange={setKind} options={kinds.map((k) => ({ value: k, label: t(`calendar.form.${k}`) }))} />
        </div>
      </div>
      <Button htmlType="submit" loading={compute.isPending} disabled={!from || !count}>{t('calendar.computeNow')}</Button>
      {compute.isError && <FieldError>{isProblem(compute.error) && compute.error.status ? compute.error.message : t('error.offlineTitle')}</FieldError>}
      {found && (
        <div className="computed" role="status">
          <p>
            <span className="muted">{t('calendar.result')}</span>{' '}
            <strong className="computed-date">{formatDay(found.date, language, true)}</strong>
            {hours && <strong> {found.instant.slice(11, 16)}</strong>}{' '}
            {found.provisional && <span className="tag certainty-default">{t('due.provisional')}</span>}
          </p>
          <ol>{found.explain.map((line, i) => <li key={i}>{text(line)}</li>)}</ol>
        </div>
      )}
    </form>
  );
}
