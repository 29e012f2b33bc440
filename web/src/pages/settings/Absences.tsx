import { useState } from 'react';
import { App as AntApp, Button, Select } from 'antd';
import { PlusOutlined, SwapOutlined, TeamOutlined, UserSwitchOutlined } from '@ant-design/icons';
import { isProblem } from '../../api/client';
import { useAbsences, useEndAbsence, type Absence } from '../../api/absences';
import { useDefinitions } from '../../api/queries';
import { mayKeepLeave, useSession } from '../../app/session';
import { Section } from '../../components/Section';
import { Empty, Loading, ProblemView } from '../../components/states';
import { formatDay } from '../../lib/dates';
import { useLanguage } from '../../i18n';
import { AbsenceForm } from './AbsenceForm';

export function AbsencesSection() {
  const { t, text } = useLanguage();
  const me = useSession();
  const keeps = mayKeepLeave(me);
  const [adding, setAdding] = useState(false);
  const [unit, setUnit] = useState<string | undefined>(me.units[0]?.id);
  // Of a person: their own and those in which they stand in.
  const own = useAbsences({ person: me.person.id });
  return (
    <>
      {adding ? <AbsenceForm onDone={() => setAdding(false)} /> : (
        <p className="section-action">
          <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setAdding(true)}>{t('absences.add')}</Button>
        </p>
      )}
      <Section title={t('absences.mine')} icon={<UserSwitchOutlined />}>
        <List query={own} only={(a) => a.person.id === me.person.id} empty={t('absences.noneMine')} />
      </Section>
      <Section title={t('absences.standing')} icon={<SwapOutlined />}>
        <p className="muted">{t('absences.standingLead')}</p>
        <List query={own} only={(a) => a.deputy.id === me.person.id} empty={t('absences.noneStanding')} showPerson />
      </Section>
      {keeps && (
        <Section title={t('absences.unit')} icon={<TeamOutlined />}>
          {me.units.length > 1 && (
            <Select className="wide unit-choice" aria-label={t('absences.chooseUnit')} showSearch={{ optionFilterProp: 'label' }} value={unit} onChange={setUnit}
              options={me.units.map((u) => ({ value: u.id, label: text(u.name) }))} />
          )}
          <OfUnit unit={unit} />
        </Section>
      )}
    </>
  );
}

function OfUnit({ unit }: { unit?: string }) {
  const { t } = useLanguage();
  return <List query={useAbsences({ unit })} empty={t('absences.noneUnit')} showPerson />;
}

function List({ query, only, empty, showPerson }: {
  query: ReturnType<typeof useAbsences>;
  only?: (absence: Absence) => boolean;
  empty: string;
  showPerson?: boolean;
}) {
  const { t, language } = useLanguage();
  if (query.isPending) return <Loading />;
  if (query.isError && !query.data) return <ProblemView error={query.error} retry={() => void query.refetch()} />;
  const items = query.data!.items.filter((a) => a.state !== 'takenBack' && (!only || only(a)));
  if (!items.length) return <Empty>{empty}</Empty>;
  return (
    <ul className="absences">
      {items.map((a) => (
        <li key={a.id} className={`absence absence-${a.state}`}>
          <div className="grow">
            {showPerson && <strong className="block">{a.person.name}</strong>}
            <div className="row">
              <span className={showPerson ? '' : 'strong'}>{t('absences.span', { from: formatDay(a.from, language), to: formatDay(a.to, language) })}</span>
              <span className={`tag absence-tag-${a.state}`}>{t(`absences.state.${a.state}`)}</span>
            </div>
            <div>{t('absences.deputyIs', { name: a.deputy.name })}</div>
            <Scope absence={a} />
            {a.recordedBy && a.recordedBy.id !== a.person.id && <div className="muted small">{t('absences.recordedBy', { name: a.recordedBy.name })}</div>}
          </div>
          {a.mayEnd && <End absence={a} />}
        </li>
      ))}
    </ul>
  );
}

function Scope({ absence }: { absence: Absence }) {
  const { t, text, role } = useLanguage();
  const me = useSession();
  const definitions = useDefinitions();
  const scope = absence.scope;
  if (!scope) return <div className="muted small">{t('absences.everything')}</div>;
  const parts = [
    ...(scope.definitions ?? []).map((name) => text(definitions.data?.items.find((d) => d.name === name)?.title) || name),
    ...(scope.roles ?? []).map((r) => role(r)),
    ...(scope.units ?? []).map((id) => text(me.units.find((u) => u.id === id)?.name) || id),
  ];
  return <div className="muted small">{t('absences.only', { what: parts.join(', ') })}</div>;
}

function End({ absence }: { absence: Absence }) {
  const { t } = useLanguage();
  const { message, modal } = AntApp.useApp();
  const end = useEndAbsence();
  const begun = absence.state === 'now';
  const ask = () =>
    void modal.confirm({
      title: t(begun ? 'absences.endTitle' : 'absences.takeBackTitle'),
      content: t(begun ? 'absences.endLead' : 'absences.takeBackLead', { name: absence.deputy.name }),
      okText: t(begun ? 'absences.end' : 'absences.takeBack'),
      cancelText: t('app.cancel'),
      onOk: () => end.mutateAsync(absence.id).then(
        () => void message.success(t(begun ? 'absences.ended' : 'absences.takenBack')),
        (e: unknown) => void message.error(isProblem(e) && e.status ? e.message : t('error.offlineTitle')),
      ),
    });
  return <Button onClick={ask} loading={end.isPending}>{t(begun ? 'absences.end' : 'absences.takeBack')}</Button>;
}
