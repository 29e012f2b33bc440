import { FilterOutlined } from '@ant-design/icons';
import { Button, Checkbox, Select } from 'antd';
import { useDefinitions, useInstances } from '../api/queries';
import { useSession } from '../app/session';
import { PlanTable } from '../components/PlanTable';
import { SearchBox } from '../components/SearchBox';
import { Empty, Loading, PageTitle, ProblemView } from '../components/states';
import { useFilter } from '../lib/useSearch';
import { useLanguage } from '../i18n';

const states = ['running', 'waiting', 'suspended', 'completed', 'faulted', 'cancelled'] as const;

export default function PlansPage() {
  const { t, text } = useLanguage();
  const me = useSession();
  const { get, set } = useFilter();
  const definitions = useDefinitions();
  const list = useInstances({
    q: get('q'), state: get('state'), definition: get('definition'), unit: get('unit'), mine: get('mine') === 'true' || undefined,
  });
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  const filtered = ['q', 'state', 'definition', 'unit', 'mine'].some((name) => get(name));
  return (
    <div className="page">
      <div className="page-head">
        <PageTitle title={t('plans.title')} />
        <p className="muted">{t('plans.lead')}</p>
      </div>
      <div className="filters filters-wide" role="search" aria-label={t('app.filters')}>
        <SearchBox label={t('plans.search')} value={get('q') ?? ''} onChange={(q) => set({ q })} />
        <Select aria-label={t('overview.workflow')} value={get('definition') ?? ''} onChange={(value) => set({ definition: value })}
          options={[{ value: '', label: t('tasks.allDefinitions') }, ...(definitions.data?.items ?? []).map((d) => ({ value: d.name, label: text(d.title) }))]} />
        <Select aria-label={t('plans.state')} value={get('state') ?? ''} onChange={(value) => set({ state: value })}
          options={[{ value: '', label: t('plans.allStates') }, ...states.map((s) => ({ value: s, label: t(`state.${s}`) }))]} />
        {me.units.length > 1 && (
          <Select aria-label={t('plans.unit')} showSearch={{ optionFilterProp: 'label' }} value={get('unit') ?? ''} onChange={(value) => set({ unit: value })}
            options={[{ value: '', label: t('tasks.allUnits') }, ...me.units.map((u) => ({ value: u.id, label: text(u.name) }))]} />
        )}
        <Checkbox checked={get('mine') === 'true'} onChange={(e) => set({ mine: e.target.checked && 'true' })}>{t('plans.mineOnly')}</Checkbox>
      </div>
      {list.isPending ? <Loading /> : list.isError && !list.data ? <ProblemView error={list.error} retry={() => void list.refetch()} />
        : items.length === 0 ? (
          <Empty icon={filtered ? <FilterOutlined /> : undefined}>
            <p>{filtered ? t('plans.emptyFilter') : t('plans.empty')}</p>
            {filtered && (
              <Button onClick={() => set({ q: null, state: null, definition: null, unit: null, mine: null })}>{t('app.clearFilters')}</Button>
            )}
          </Empty>
        ) : (
          <div className="card card-flush"><PlanTable items={items} showUnit caption={t('plans.title')} /></div>
        )}
      {list.hasNextPage && (
        <div className="row center"><Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>{t('app.more')}</Button></div>
      )}
    </div>
  );
}
