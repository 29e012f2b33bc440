import { CheckCircleOutlined, ClockCircleOutlined, ExclamationCircleOutlined, PlayCircleOutlined } from '@ant-design/icons';
import { Select } from 'antd';
import { Link } from 'react-router-dom';
import { useOverview, useUnits } from '../api/queries';
import { useSession } from '../app/session';
import { PlanTable } from '../components/PlanTable';
import { Empty, Loading, PageTitle, ProblemView } from '../components/states';
import { useFilter } from '../lib/useSearch';
import { useLanguage } from '../i18n';
import { Section } from '../components/Section';

export default function OverviewPage() {
  const { t, text } = useLanguage();
  const me = useSession();
  const { get, set } = useFilter();
  const all = useUnits();
  const own = me.units.length ? me.units : [];
  const units = me.isAdministrator && all.data ? all.data.items : own;
  const unit = get('unit') ?? own.find((u) => u.id === me.home)?.id ?? own[0]?.id ?? (me.isAdministrator ? units[0]?.id : me.home);
  const overview = useOverview(unit);
  const data = overview.data;
  const most = Math.max(1, ...(data?.byPerson ?? []).map((p) => p.open));
  return (
    <div className="page">
      <div className="page-head row spread">
        <div>
          <PageTitle title={t('overview.title')} />
          {data && <p className="lead">{text(data.unit.name)}</p>}
        </div>
        {units.length > 1 && (
          <Select className="unit-select" aria-label={t('overview.chooseUnit')} showSearch={{ optionFilterProp: 'label' }} value={unit}
            onChange={(value) => set({ unit: value })} options={units.map((u) => ({ value: u.id, label: text(u.name) }))} />
        )}
      </div>
      {!unit ? <Empty>{t('overview.noUnit')}</Empty>
        : overview.isPending ? <Loading />
        : overview.isError && !data ? <ProblemView error={overview.error} retry={() => void overview.refetch()} />
        : data && (
          <>
            <ul className="totals">
              <li><Link to={`/plans?unit=${unit}&state=running`}><PlayCircleOutlined aria-hidden /><b>{data.totals.running}</b><span>{t('overview.running')}</span></Link></li>
              <li className={data.totals.overdue ? 'total-bad' : ''}><div><ExclamationCircleOutlined aria-hidden /><b>{data.totals.overdue}</b><span>{t('overview.overdue')}</span></div></li>
              <li><div><ClockCircleOutlined aria-hidden /><b>{data.totals.dueThisWeek}</b><span>{t('overview.dueThisWeek')}</span></div></li>
              <li className="total-good"><Link to={`/plans?unit=${unit}&state=completed`}><CheckCircleOutlined aria-hidden /><b>{data.totals.completedThisYear}</b><span>{t('overview.completedThisYear')}</span></Link></li>
            </ul>
            <div className="two">
              <Section title={t('overview.byDefinition')}>
                <table className="small-table">
                  <thead>
                    <tr><th scope="col">{t('overview.workflow')}</th><th scope="col">{t('overview.running')}</th><th scope="col">{t('overview.overdue')}</th><th scope="col">{t('overview.completed')}</th></tr>
                  </thead>
                  <tbody>
                    {data.byDefinition.map((row) => (
                      <tr key={row.definition}>
                        <th scope="row"><Link to={`/plans?unit=${unit}&definition=${row.definition}`}>{text(row.title)}</Link></th>
                        <td>{row.running}</td>
                        <td className={row.overdue ? 'bad' : ''}>{row.overdue}</td>
                        <td>{row.completed}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </Section>
              <Section title={t('overview.byPerson')}>
                {data.byPerson.length ? (
                  <table className="small-table">
                    <thead>
                      <tr><th scope="col">{t('overview.person')}</th><th scope="col">{t('overview.open')}</th><th scope="col">{t('overview.overdue')}</th></tr>
                    </thead>
                    <tbody>
                      {data.byPerson.map((row) => (
                        <tr key={row.person.id}>
                          <th scope="row">{row.person.name}</th>
                          <td><meter className="load" min={0} max={most} value={row.open} aria-hidden>{row.open}</meter> {row.open}</td>
                          <td className={row.overdue ? 'bad' : ''}>{row.overdue}</td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                ) : <p className="muted">{t('overview.noPeople')}</p>}
              </Section>
            </div>
            <section className="card card-flush">
              <h2>{t('overview.plans')} <span className="count">{data.instances.length}</span></h2>
              {data.instances.length ? <PlanTable items={data.instances} caption={t('overview.plans')} /> : <Empty>{t('overview.noPlans')}</Empty>}
            </section>
          </>
        )}
    </div>
  );
}
