import { useState } from 'react';
import { Alert, App as AntApp, Button, Radio, Select } from 'antd';
import { isProblem } from '../../api/client';
import { useAddAbsence, type AbsenceScope } from '../../api/absences';
import { useDefinitions } from '../../api/queries';
import { mayKeepLeave, useNow, useSession } from '../../app/session';
import { DayField, FieldError, faultsByField, PersonSelect } from '../../components/fields';
import { Section } from '../../components/Section';
import { dayOf } from '../../lib/dates';
import { useLanguage } from '../../i18n';

/** The field that a refusal without a place is about. */
const fieldOf: Record<string, string> = {
  'absence-overlap': 'from', 'absence-past': 'from', 'absence-too-long': 'to', 'absence-cycle': 'deputy',
  'deputy-absent': 'deputy', 'deputy-self': 'deputy',
};

export function AbsenceForm({ onDone }: { onDone: () => void }) {
  const { t, text, role } = useLanguage();
  const me = useSession();
  const { message } = AntApp.useApp();
  const today = dayOf(useNow());
  const add = useAddAbsence();
  const definitions = useDefinitions();
  const [person, setPerson] = useState<string | undefined>(me.person.id);
  const [from, setFrom] = useState<string>();
  const [to, setTo] = useState<string>();
  const [deputy, setDeputy] = useState<string>();
  const [part, setPart] = useState(false);
  const [scope, setScope] = useState<AbsenceScope>({});
  const [missing, setMissing] = useState<Record<string, string>>({});
  const refusal = add.error;
  const own = isProblem(refusal) ? refusal : null;
  const told = faultsByField(own?.body.errors);
  const slug = own ? fieldOf[own.slug] : undefined;
  if (own && slug && !told[slug]) told[slug] = own.message;
  const faults = { ...told, ...missing };
  const placed = !own || Object.keys(told).length > 0;
  const edited = <T,>(set: (value: T) => void) => (value: T) => { set(value); setMissing({}); add.reset(); };
  const submit = () => {
    const gaps: Record<string, string> = {};
    if (!person) gaps.person = t('absences.missingPerson');
    if (!from) gaps.from = t('absences.missingDay');
    if (!to) gaps.to = t('absences.missingDay');
    if (from && to && to < from) gaps.to = t('absences.toBeforeFrom');
    if (!deputy) gaps.deputy = t('absences.missingDeputy');
    if (part && !scope.definitions?.length && !scope.roles?.length) gaps.scope = t('absences.missingScope');
    setMissing(gaps);
    if (Object.keys(gaps).length) {
      document.getElementById(`absence-${Object.keys(gaps)[0]}`)?.focus();
      return;
    }
    add.mutate({ person, from: from!, to: to!, deputy: deputy!, ...(part ? { scope } : {}) }, {
      onSuccess: () => { void message.success(t('absences.added')); onDone(); },
      onError: (e) => { if (isProblem(e, 0) || !isProblem(e)) void message.error(t('error.offlineTitle')); },
    });
  };
  const roles = [...new Set(me.roles.map((r) => r.role))];
  return (
    <Section title={t('absences.add')}>
      <form noValidate onSubmit={(e) => { e.preventDefault(); submit(); }}>
        {!placed && own && own.status !== 0 && <Alert type="error" showIcon role="alert" title={own.message} />}
        {mayKeepLeave(me) && (
          <div className="field">
            <label htmlFor="absence-person">{t('absences.person')}</label>
            <PersonSelect id="absence-person" value={person} known={me.person} onChange={edited(setPerson)} invalid={!!faults.person} describedBy="absence-person-fault" />
            <FieldError id="absence-person-fault">{faults.person}</FieldError>
          </div>
        )}
        <div className="pair">
          {([['from', from, edited(setFrom)], ['to', to, edited(setTo)]] as const).map(([name, value, set]) => (
            <div key={name} className="field">
              <label htmlFor={`absence-${name}`}>{t(`absences.${name}`)}</label>
              <DayField id={`absence-${name}`} value={value} min={name === 'to' ? from ?? today : today} onChange={set} invalid={!!faults[name]} describedBy={`absence-${name}-fault`} />
              <FieldError id={`absence-${name}-fault`}>{faults[name]}</FieldError>
            </div>
          ))}
        </div>
        <div className="field">
          <label htmlFor="absence-deputy">{t('absences.deputy')}</label>
          <PersonSelect id="absence-deputy" value={deputy} except={person ? [person] : []} onChange={edited(setDeputy)} invalid={!!faults.deputy} describedBy="absence-deputy-help absence-deputy-fault" />
          <p id="absence-deputy-help" className="muted small">{t('absences.deputyHelp')}</p>
          <FieldError id="absence-deputy-fault">{faults.deputy}</FieldError>
        </div>
        <div className="field" role="group" aria-labelledby="absence-scope-label">
          <strong id="absence-scope-label">{t('absences.scope')}</strong>
          <Radio.Group value={part} onChange={(e) => { setPart(e.target.value as boolean); setMissing({}); }}
            options={[{ value: false, label: t('absences.everything') }, { value: true, label: t('absences.part') }]} />
        </div>
        {part && (
          <>
            <div className="field">
              <label htmlFor="absence-scope">{t('absences.scopeDefinitions')}</label>
              <Select id="absence-scope" mode="multiple" value={scope.definitions ?? []} onChange={(list: string[]) => edited(setScope)({ ...scope, definitions: list.length ? list : undefined })}
                options={(definitions.data?.items ?? []).map((d) => ({ value: d.name, label: text(d.title) }))} />
            </div>
            {person === me.person.id && roles.length > 1 && (
              <div className="field">
                <label htmlFor="absence-roles">{t('absences.scopeRoles')}</label>
                <Select id="absence-roles" mode="multiple" value={scope.roles ?? []} onChange={(list: string[]) => edited(setScope)({ ...scope, roles: list.length ? list : undefined })}
                  options={roles.map((r) => ({ value: r, label: role(r) }))} />
              </div>
            )}
            <FieldError>{faults.scope}</FieldError>
          </>
        )}
        <div className="form-foot row">
          <Button onClick={onDone}>{t('app.cancel')}</Button>
          <Button type="primary" htmlType="submit" loading={add.isPending}>{t('absences.store')}</Button>
        </div>
      </form>
    </Section>
  );
}
