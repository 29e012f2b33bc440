import { useEffect, useState } from 'react';
import { App as AntApp, Alert, Button, Checkbox, InputNumber, Select } from 'antd';
import { isProblem } from '../../api/client';
import { noticeKinds, noticeModes, useNoticeLimits, useSetNoticeLimits, type NoticeLimits, type NoticeMode } from '../../api/preferences';
import { FieldError, faultsByField, TimeField } from '../../components/fields';
import { Section } from '../../components/Section';
import { Loading, ProblemView } from '../../components/states';
import { useLanguage } from '../../i18n';

export function LimitsSection() {
  const query = useNoticeLimits();
  if (query.isPending) return <Loading />;
  if (query.isError && !query.data) return <ProblemView error={query.error} retry={() => void query.refetch()} />;
  return <Form key={query.data!.etag} held={query.data!.body} etag={query.data!.etag} />;
}

const hoursOf = (span: string) => Number(span.split(':')[0]) + Number(span.split(':')[1]) / 60;
const spanOf = (hours: number) => `${String(Math.floor(hours)).padStart(2, '0')}:${String(Math.round((hours % 1) * 60)).padStart(2, '0')}`;

/** What everybody may choose, and what holds for those who have not chosen. */
function Form({ held, etag }: { held: NoticeLimits; etag?: string }) {
  const { t } = useLanguage();
  const { message } = AntApp.useApp();
  const [now, setNow] = useState(held);
  const set = useSetNoticeLimits();
  const { reset } = set;
  useEffect(reset, [now, reset]);
  const faults = isProblem(set.error, 422) ? faultsByField(set.error.body.errors) : {};
  const setDefaults = (change: Partial<NoticeLimits['defaults']>) => setNow({ ...now, defaults: { ...now.defaults, ...change } });
  const store = () =>
    set.mutate({ body: now, etag }, {
      onSuccess: () => void message.success(t('settings.stored')),
      onError: (e) => {
        if (!isProblem(e, 422)) void message.error(isProblem(e, 412) ? t('settings.changedElsewhere') : isProblem(e) && e.status ? e.message : t('error.offlineTitle'));
      },
    });
  const allow = (kind: (typeof noticeKinds)[number], mode: NoticeMode, on: boolean) => {
    const modes = noticeModes.filter((m) => (m === mode ? on : now.allowed[kind].includes(m)));
    setNow({
      ...now,
      allowed: { ...now.allowed, [kind]: modes },
      // A default that is not allowed any more would hold for nobody.
      defaults: modes.length && !modes.includes(now.defaults.kinds[kind])
        ? { ...now.defaults, kinds: { ...now.defaults.kinds, [kind]: modes[0] } } : now.defaults,
    });
  };
  return (
    <form noValidate onSubmit={(e) => { e.preventDefault(); store(); }}>
      <Section title={t('settings.allowedTitle')}>
        <p className="muted">{t('settings.allowedLead')}</p>
        <div className="choices choices-limits">
          <div className="choices-head" aria-hidden>
            <span />{noticeModes.map((mode) => <span key={mode}>{t(`settings.mode.${mode}`)}</span>)}<span>{t('settings.byDefault')}</span>
          </div>
          {noticeKinds.map((kind) => (
            <fieldset key={kind} className="choice">
              <legend>{t(`settings.kind.${kind}`)}</legend>
              {noticeModes.map((mode) => (
                <label key={mode}>
                  <input type="checkbox" checked={now.allowed[kind].includes(mode)} onChange={(e) => allow(kind, mode, e.target.checked)} />
                  <span>{t(`settings.mode.${mode}`)}</span>
                </label>
              ))}
              <span className="only-cards muted small" aria-hidden>{t('settings.byDefault')}</span>
              <Select aria-label={`${t('settings.byDefault')}: ${t(`settings.kind.${kind}`)}`} value={now.defaults.kinds[kind]}
                onChange={(mode) => setDefaults({ kinds: { ...now.defaults.kinds, [kind]: mode } })}
                options={noticeModes.map((mode) => ({ value: mode, label: t(`settings.mode.${mode}`), disabled: !now.allowed[kind].includes(mode) }))} />
              <FieldError>{now.allowed[kind].length ? faults[`allowed/${kind}`] ?? faults[`defaults/kinds/${kind}`] : t('settings.oneMode')}</FieldError>
            </fieldset>
          ))}
        </div>
      </Section>
      <Section title={t('settings.timesTitle')}>
        <div className="limits">
          <div className="field">
            <label htmlFor="between-from">{t('settings.digestFrom')}</label>
            <TimeField id="between-from" value={now.digestBetween[0]} onChange={(at) => setNow({ ...now, digestBetween: [at, now.digestBetween[1]] })} />
            <FieldError>{faults.digestBetween ?? faults['digestBetween/0']}</FieldError>
          </div>
          <div className="field">
            <label htmlFor="between-to">{t('settings.digestTo')}</label>
            <TimeField id="between-to" value={now.digestBetween[1]} onChange={(at) => setNow({ ...now, digestBetween: [now.digestBetween[0], at] })} />
            <FieldError>{faults['digestBetween/1']}</FieldError>
          </div>
          <div className="field">
            <label htmlFor="digest-default">{t('settings.digestDefault')}</label>
            <TimeField id="digest-default" value={now.defaults.digest.at} onChange={(at) => setDefaults({ digest: { at } })} />
            <FieldError>{faults['defaults/digest/at']}</FieldError>
          </div>
          <div className="field">
            <label htmlFor="quiet-max">{t('settings.quietMax')}</label>
            <InputNumber id="quiet-max" min={0} max={24} step={1} value={hoursOf(now.quietMax)} onChange={(hours) => hours !== null && setNow({ ...now, quietMax: spanOf(hours) })} />
            <FieldError>{faults.quietMax}</FieldError>
          </div>
        </div>
        <p><Checkbox checked={now.emailMayBeOff} onChange={(e) => setNow({ ...now, emailMayBeOff: e.target.checked })}>{t('settings.emailMayBeOff')}</Checkbox></p>
      </Section>
      {Object.keys(faults).length > 0 && <Alert type="error" showIcon role="alert" title={t('settings.refused')} />}
      <div className="form-foot">
        <Button type="primary" size="large" htmlType="submit" loading={set.isPending}
          disabled={JSON.stringify(now) === JSON.stringify(held) || noticeKinds.some((kind) => !now.allowed[kind].length)}>
          {t('settings.store')}
        </Button>
      </div>
    </form>
  );
}
