import { useState, type KeyboardEvent, type ReactNode } from 'react';
import { DatePicker, Select, TimePicker } from 'antd';
import dayjs from 'dayjs';
import customParseFormat from 'dayjs/plugin/customParseFormat';
import { usePeople, useUnits } from '../api/queries';
import type { Named } from '../api/types';
import { useLanguage } from '../i18n';

dayjs.extend(customParseFormat);

/** Enter in a picker opens it or takes what was typed; it does not send the form around it. */
function Picking({ children }: { children: ReactNode }) {
  const keep = (e: KeyboardEvent) => {
    if (e.key === 'Enter' && e.target instanceof HTMLInputElement) e.preventDefault();
  };
  return <div className="contents" onKeyDown={keep}>{children}</div>;
}

/** A day, shown and typed as dd/MM/yyyy, kept as YYYY-MM-DD. */
export function DayField({ id, value, onChange, onBlur, onFocus, disabled, placeholder, min, max, invalid, describedBy }: {
  id: string;
  value?: string | null;
  onChange: (value: string | undefined) => void;
  onBlur?: () => void;
  onFocus?: () => void;
  disabled?: boolean;
  placeholder?: string;
  min?: string;
  max?: string;
  invalid?: boolean;
  describedBy?: string;
}) {
  const parsed = value ? dayjs(value) : null;
  return (
    <Picking>
      <DatePicker
        id={id}
        className="wide"
        format={['DD/MM/YYYY', 'D/M/YYYY', 'YYYY-MM-DD']}
        value={parsed?.isValid() ? parsed : null}
        disabled={disabled}
        status={invalid ? 'error' : undefined}
        placeholder={placeholder || 'dd/mm/yyyy'}
        minDate={min ? dayjs(min) : undefined}
        maxDate={max ? dayjs(max) : undefined}
        aria-describedby={describedBy}
        onChange={(next) => onChange(next ? next.format('YYYY-MM-DD') : undefined)}
        onBlur={onBlur}
        onFocus={onFocus}
      />
    </Picking>
  );
}

/** A time of day as HH:mm; `step` in minutes. */
export function TimeField({ id, value, onChange, invalid, describedBy, disabled, step = 5 }: {
  id: string;
  value: string;
  onChange: (value: string) => void;
  invalid?: boolean;
  describedBy?: string;
  disabled?: boolean;
  step?: 1 | 5;
}) {
  const parsed = dayjs(value, 'HH:mm');
  return (
    <Picking>
      <TimePicker
        id={id}
        format="HH:mm"
        minuteStep={step}
        needConfirm={false}
        showNow={false}
        allowClear={false}
        value={parsed.isValid() ? parsed : null}
        disabled={disabled}
        status={invalid ? 'error' : undefined}
        placeholder="hh:mm"
        aria-describedby={describedBy}
        onChange={(next) => next && onChange(next.format('HH:mm'))}
      />
    </Picking>
  );
}

/** One person, found by a part of the name; `known` names who is chosen before anything was searched. */
export function PersonSelect({ id, value, onChange, disabled, unit, known, except, invalid, describedBy }: {
  id: string;
  value?: string | null;
  onChange: (value: string | undefined) => void;
  disabled?: boolean;
  unit?: string;
  known?: Named | null;
  except?: string[];
  invalid?: boolean;
  describedBy?: string;
}) {
  const { t, text } = useLanguage();
  const [q, setQ] = useState('');
  const people = usePeople(q, unit);
  const options = (people.data?.items ?? [])
    .filter((p) => !except?.includes(p.id))
    .map((p) => ({ value: p.id, label: `${p.name} - ${text(p.unitName)}` }));
  if (known && value === known.id && !options.some((o) => o.value === known.id)) options.unshift({ value: known.id, label: known.name });
  return (
    <Select
      id={id}
      className="wide"
      showSearch={{ filterOption: false, onSearch: setQ }}
      allowClear
      value={value || undefined}
      disabled={disabled}
      status={invalid ? 'error' : undefined}
      placeholder={t('form.choosePerson')}
      loading={people.isFetching}
      notFoundContent={t('form.nobodyFound')}
      aria-describedby={describedBy}
      onChange={(next?: string) => onChange(next)}
      options={options}
    />
  );
}

export function UnitSelect({ id, value, onChange, disabled, label }: {
  id?: string;
  value?: string | null;
  onChange: (value: string | undefined) => void;
  disabled?: boolean;
  label?: string;
}) {
  const { text } = useLanguage();
  const units = useUnits();
  return (
    <Select
      id={id}
      aria-label={label}
      className="wide"
      showSearch={{ optionFilterProp: 'label' }}
      allowClear
      value={value || undefined}
      disabled={disabled}
      onChange={(next?: string) => onChange(next)}
      options={(units.data?.items ?? []).map((u) => ({ value: u.id, label: text(u.name) }))}
    />
  );
}

/** What the server found wrong, by field: its pointer without the leading slash. */
export const faultsByField = (errors: { pointer: string; message: string }[] | undefined): Record<string, string> =>
  Object.fromEntries((errors ?? []).map((e) => [e.pointer.replace(/^\//, ''), e.message]));

export function FieldError({ id, children }: { id?: string; children?: string | null }) {
  return children ? <p id={id} className="field-error" role="alert">{children}</p> : null;
}
