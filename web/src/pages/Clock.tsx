import { useEffect, useState } from 'react';
import { Alert, Button } from 'antd';
import { ClockCircleOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { isProblem, request } from '../api/client';
import { useClock } from '../api/queries';
import { DayField, TimeField } from '../components/fields';
import { Loading, PageTitle, ProblemView } from '../components/states';
import { dayOf, formatDay, formatInstant, instantOf, timeOf } from '../lib/dates';
import { useLanguage } from '../i18n';
import { Section } from '../components/Section';

const day = 86_400_000;

export default function ClockPage() {
  const { t, language } = useLanguage();
  const client = useQueryClient();
  const clock = useClock();
  const now = clock.data?.now;
  const [date, setDate] = useState('');
  const [time, setTime] = useState('');
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    if (!now) return;
    setDate(dayOf(now));
    setTime(timeOf(now));
  }, [now]);
  const advance = useMutation({
    mutationFn: (to: string) => request<{ now: string; fired: number }>('/clock:advance', { method: 'POST', body: { to } }),
    onSuccess: (answer) => {
      client.setQueryData(['clock'], { now: answer.now, virtual: true });
      void client.invalidateQueries();
    },
    onError: (e) => setError(isProblem(e) && e.status ? e.message : t('error.offlineTitle')),
  });
  const go = (to: string) => {
    setError(null);
    const span = Date.parse(to) - Date.parse(now!);
    if (!(span > 0)) return setError(t('clock.past'));
    if (span > 400 * day) return setError(t('clock.tooFar'));
    advance.mutate(to);
  };
  if (clock.isPending) return <Loading />;
  if (clock.isError && !clock.data) return <div className="page"><ProblemView error={clock.error} retry={() => void clock.refetch()} /></div>;
  return (
    <div className="page page-narrow">
      <div className="page-head">
        <PageTitle title={t('clock.title')} />
        <p className="muted">{t('clock.lead')}</p>
      </div>
      <Section title={t('clock.now')} icon={<ClockCircleOutlined />}>
        <p className="clock-now" data-testid="clock-now">{timeOf(now!)} <span>{formatDay(now!, language, true)}</span></p>
        {!clock.data!.virtual ? <Alert type="info" showIcon title={t('clock.real')} /> : (
          <>
            <div className="row">
              {([['plus1', 1], ['plus3', 3], ['plus7', 7], ['plus30', 30]] as const).map(([name, days]) => (
                <Button key={name} disabled={advance.isPending} onClick={() => go(new Date(Date.parse(now!) + days * day).toISOString())}>{t(`clock.${name}`)}</Button>
              ))}
            </div>
            <form className="row clock-form" onSubmit={(e) => { e.preventDefault(); if (date && time) go(instantOf(date, time)); }}>
              <div className="field">
                <label htmlFor="clock-date">{t('clock.date')}</label>
                <DayField id="clock-date" value={date} min={dayOf(now!)} onChange={(chosen) => setDate(chosen ?? '')} />
              </div>
              <div className="field">
                <label htmlFor="clock-time">{t('clock.time')}</label>
                <TimeField id="clock-time" value={time} step={1} onChange={setTime} />
              </div>
              <Button type="primary" htmlType="submit" loading={advance.isPending}>{t('clock.advance')}</Button>
            </form>
            {error && <Alert type="error" showIcon role="alert" title={error} />}
            {advance.isSuccess && <Alert type="success" showIcon role="status" title={t('clock.done', { at: formatInstant(advance.data.now, language), count: advance.data.fired })} />}
          </>
        )}
      </Section>
    </div>
  );
}
