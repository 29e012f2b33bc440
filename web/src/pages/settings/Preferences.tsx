import { useEffect, useState } from 'react';
import { Alert, App as AntApp, Button, Checkbox, Radio } from 'antd';
import { BellOutlined, ClockCircleOutlined, MailOutlined, PauseCircleOutlined } from '@ant-design/icons';
import { isProblem } from '../../api/client';
import {
  noticeKinds, noticeModes, usePreferences, useSetPreferences, type Preferences, type PreferencesAnswer,
} from '../../api/preferences';
import { FieldError, faultsByField, TimeField } from '../../components/fields';
import { Section } from '../../components/Section';
import { Loading, ProblemView } from '../../components/states';
import { formatInstant } from '../../lib/dates';
import { chosenAfter } from '../../lib/preferences';
import { useLanguage } from '../../i18n';

const usual = { from: '18:00', to: '07:30', daysOff: true };

export function PreferencesSection() {
  const query = usePreferences();
  if (query.isPending) return <Loading />;
  if (query.isError && !query.data) return <ProblemView error={query.error} retry={() => void query.refetch()} />;
  const { body, etag } = query.data!;
  return <Form key={etag} held={body} etag={etag} />;
}

const heldOf = ({ language, email, digest, quiet, kinds }: PreferencesAnswer): Preferences => ({ language, email, digest, quiet, kinds });

function Form({ held, etag }: { held: PreferencesAnswer; etag?: string }) {
  const { t, language } = useLanguage();
  const { message } = AntApp.useApp();
  const [now, setNow] = useState<Preferences>(() => heldOf(held));
  const set = useSetPreferences();
  const { limits } = held;
  const faults = isProblem(set.error, 422) ? faultsByField(set.error.body.errors) : {};
  const changed = JSON.stringify(now) !== JSON.stringify(heldOf(held));
  const { reset } = set;
  useEffect(reset, [now, reset]);
  const store = (body: Parameters<typeof set.mutate>[0]['body']) =>
    set.mutate({ body, etag }, {
      onSuccess: () => void message.success(t('settings.stored')),
      onError: (e) => {
        if (!isProblem(e, 422)) void message.error(isProblem(e, 412) ? t('settings.changedElsewhere') : isProblem(e) && e.status ? e.message : t('error.offlineTitle'));
      },
    });
  return (
    <form noValidate onSubmit={(e) => { e.preventDefault(); store(chosenAfter(heldOf(held), held.chosen, now)); }}>
      <Section title={t('settings.kindsTitle')} icon={<BellOutlined />}>
        <p className="muted">{t('settings.kindsLead')}</p>
        <div className="choices" role="presentation">
          <div className="choices-head" aria-hidden>
            <span />{noticeModes.map((mode) => <span key={mode}>{t(`settings.mode.${mode}`)}</span>)}
          </div>
          {noticeKinds.map((kind) => (
            <fieldset key={kind} className="choice">
              <legend>{t(`settings.kind.${kind}`)}<span className="muted small block">{t(`settings.kindHelp.${kind}`)}</span></legend>
              {noticeModes.map((mode) => {
                const allowed = limits.allowed[kind].includes(mode);
                return (
                  <label key={mode} className={allowed ? '' : 'choice-off'} title={allowed ? undefined : t('settings.notAllowed')}>
                    <input type="radio" name={kind} value={mode} checked={now.kinds[kind] === mode} disabled={!allowed}
                      onChange={() => setNow({ ...now, kinds: { ...now.kinds, [kind]: mode } })} />
                    <span>{t(`settings.mode.${mode}`)}{!allowed && <span className="visually-hidden"> ({t('settings.notAllowed')})</span>}</span>
                  </label>
                );
              })}
              <FieldError>{faults[`kinds/${kind}`]}</FieldError>
            </fieldset>
          ))}
        </div>
        <p className="muted small">{t('settings.urgent')}</p>
      </Section>
      <Section title={t('settings.digestTitle')} icon={<ClockCircleOutlined />}>
        <div className="field field-short">
          <label htmlFor="digest-at">{t('settings.digestAt')}</label>
          <TimeField id="digest-at" value={now.digest.at} describedBy="digest-help" invalid={!!faults['digest/at']}
            onChange={(at) => setNow({ ...now, digest: { at } })} />
          <p id="digest-help" className="muted small">{t('settings.digestHelp', { from: limits.digestBetween[0], to: limits.digestBetween[1] })}</p>
          <FieldError>{faults['digest/at']}</FieldError>
        </div>
        <p>{t('settings.nextDigest', { at: formatInstant(held.nextDigest, language) })}</p>
      </Section>
      <Section title={t('settings.quiet.title')} icon={<PauseCircleOutlined />}>
        <Checkbox checked={!!now.quiet} onChange={(e) => setNow({ ...now, quiet: e.target.checked ? held.quiet ?? limits.defaults.quiet ?? usual : null })}>
          {t('settings.quiet.on')}
        </Checkbox>
        {now.quiet && (
          <>
            <div className="row quiet-hours">
              {(['from', 'to'] as const).map((end) => (
                <div key={end} className="field">
                  <label htmlFor={`quiet-${end}`}>{t(`settings.quiet.${end}`)}</label>
                  <TimeField id={`quiet-${end}`} value={now.quiet![end]} describedBy="quiet-help" invalid={!!(faults.quiet ?? faults[`quiet/${end}`])}
                    onChange={(at) => setNow({ ...now, quiet: { ...now.quiet!, [end]: at } })} />
                  <FieldError>{faults[`quiet/${end}`]}</FieldError>
                </div>
              ))}
            </div>
            <Checkbox checked={now.quiet.daysOff} onChange={(e) => setNow({ ...now, quiet: { ...now.quiet!, daysOff: e.target.checked } })}>
              {t('settings.quiet.daysOff')}
            </Checkbox>
            <p id="quiet-help" className="muted small">{t('settings.quiet.help', { most: limits.quietMax })}</p>
            <FieldError>{faults.quiet}</FieldError>
          </>
        )}
      </Section>
      <Section title={t('settings.mailTitle')} icon={<MailOutlined />}>
        <div className="field">
          <Checkbox checked={now.email} disabled={now.email && !limits.emailMayBeOff} onChange={(e) => setNow({ ...now, email: e.target.checked })}>
            {t('settings.email')}
          </Checkbox>
          {!limits.emailMayBeOff && <p className="muted small">{t('settings.emailFixed')}</p>}
          <FieldError>{faults.email}</FieldError>
        </div>
        <div className="field" role="group" aria-labelledby="mail-language">
          <strong id="mail-language">{t('settings.language')}</strong>
          <Radio.Group value={now.language} onChange={(e) => setNow({ ...now, language: e.target.value as 'vi' | 'en' })}
            options={[{ value: 'vi', label: 'Tiếng Việt' }, { value: 'en', label: 'English' }]} />
        </div>
      </Section>
      {Object.keys(faults).length > 0 && <Alert type="error" showIcon role="alert" title={t('settings.refused')} />}
      <div className="form-foot row">
        <Button disabled={!Object.keys(held.chosen).length || set.isPending} onClick={() => store({})}>{t('settings.toDefaults')}</Button>
        <span className="grow" />
        <Button type="primary" size="large" htmlType="submit" disabled={!changed} loading={set.isPending}>{t('settings.store')}</Button>
      </div>
    </form>
  );
}
