import { useRef, useState } from 'react';
import { Alert, Button, InputNumber, Radio, Select } from 'antd';
import { isProblem } from '../../api/client';
import { useDefinitions } from '../../api/queries';
import { useRehearse } from '../../api/rehearsal';
import { useNow } from '../../app/session';
import { DayField, FieldError, faultsByField } from '../../components/fields';
import { Section } from '../../components/Section';
import { Loading, PageTitle } from '../../components/states';
import { dayOf, daysBetween } from '../../lib/dates';
import { useLanguage } from '../../i18n';
import { Played } from './Played';
import '../../styles/rehearsal.css';

const daysMax = 800;
const entries = 5000;

/** Plays a period before it comes: what starts, who would have to do what by when, and what would not work. */
export default function RehearsalPage() {
  const { t, text } = useLanguage();
  const today = dayOf(useNow());
  const next = Number(today.slice(0, 4)) + 1;
  const definitions = useDefinitions();
  const [chosen, setChosen] = useState<string[]>([]);
  const [from, setFrom] = useState<string | undefined>(`${next}-01-01`);
  const [to, setTo] = useState<string | undefined>(`${next}-12-31`);
  const [assume, setAssume] = useState<'on-time' | 'at-due' | 'late'>('at-due');
  const [late, setLate] = useState<number | null>(5);
  const [missing, setMissing] = useState<Record<string, string>>({});
  const rehearse = useRehearse();
  const result = useRef<HTMLDivElement>(null);
  const refusal = isProblem(rehearse.error) ? rehearse.error : null;
  const faults = { ...faultsByField(refusal?.body.errors), ...missing };
  const names = definitions.data?.items ?? [];
  const play = () => {
    const gaps: Record<string, string> = {};
    if (!from) gaps.from = t('rehearsal.missingDay');
    if (!to) gaps.to = t('rehearsal.missingDay');
    if (from && to && to < from) gaps.to = t('rehearsal.toBeforeFrom');
    if (from && to && daysBetween(from, to) > daysMax) gaps.to = t('rehearsal.tooLong', { count: daysMax });
    setMissing(gaps);
    if (Object.keys(gaps).length) return document.getElementById(`rehearse-${Object.keys(gaps)[0]}`)?.focus();
    rehearse.mutate({
      definitions: chosen.length ? chosen : names.map((d) => d.name),
      from: from!, to: to!, assume: assume === 'late' ? `late:P${late ?? 1}D` : assume, entries,
    }, { onSuccess: () => setTimeout(() => result.current?.focus()) });
  };
  return (
    <div className="page">
      <div className="page-head">
        <PageTitle title={t('rehearsal.title')} />
        <p className="muted">{t('rehearsal.lead')}</p>
      </div>
      <Section title={t('rehearsal.what')}>
        <form noValidate onSubmit={(e) => { e.preventDefault(); play(); }}>
          <div className="field">
            <label htmlFor="rehearse-definitions">{t('rehearsal.definitions')}</label>
            <Select id="rehearse-definitions" className="wide" mode="multiple" value={chosen} onChange={setChosen} placeholder={t('rehearsal.allDefinitions')}
              showSearch={{ optionFilterProp: 'label' }} options={names.map((d) => ({ value: d.name, label: text(d.title) }))} />
          </div>
          <div className="rehearse-when">
            {([['from', from, setFrom], ['to', to, setTo]] as const).map(([name, value, set]) => (
              <div key={name} className="field">
                <label htmlFor={`rehearse-${name}`}>{t(`rehearsal.${name}`)}</label>
                <DayField id={`rehearse-${name}`} value={value} onChange={set} invalid={!!faults[name]} describedBy={`rehearse-${name}-fault`} />
                <FieldError id={`rehearse-${name}-fault`}>{faults[name]}</FieldError>
              </div>
            ))}
            <div className="field" role="group" aria-labelledby="rehearse-assume">
              <strong id="rehearse-assume">{t('rehearsal.assume')}</strong>
              <Radio.Group value={assume} onChange={(e) => setAssume(e.target.value as typeof assume)}
                options={(['on-time', 'at-due', 'late'] as const).map((how) => ({ value: how, label: t(`rehearsal.how.${how}`) }))} />
              {assume === 'late' && (
                <div className="row">
                  <label htmlFor="rehearse-late">{t('rehearsal.lateBy')}</label>
                  <InputNumber id="rehearse-late" min={1} max={365} precision={0} value={late} onChange={setLate} />
                </div>
              )}
            </div>
          </div>
          {refusal && !refusal.body.errors?.length && <Alert type={refusal.status === 503 ? 'warning' : 'error'} showIcon role="alert" title={refusal.status === 0 ? t('error.offlineTitle') : refusal.message} />}
          <div className="form-foot"><Button type="primary" size="large" htmlType="submit" loading={rehearse.isPending} disabled={!names.length}>{t('rehearsal.play')}</Button></div>
        </form>
      </Section>
      {rehearse.isPending && <div className="card"><Loading /><p className="muted center-text">{t('rehearsal.takes')}</p></div>}
      <div ref={result} tabIndex={-1} className="no-outline">
        {rehearse.data && !rehearse.isPending && <Played played={rehearse.data} />}
      </div>
    </div>
  );
}
