import { useEffect, useMemo, useState } from 'react';
import { CheckCircleOutlined, CheckSquareOutlined, FilterOutlined } from '@ant-design/icons';
import { Button, Select } from 'antd';
import { Link, useNavigate, useParams } from 'react-router-dom';
import { useDefinitions, useTasks, type TaskFilter } from '../../api/queries';
import type { DueGroup, Task } from '../../api/types';
import { isLeader, useSession } from '../../app/session';
import { SearchBox } from '../../components/SearchBox';
import { groupIcon, groups } from '../../components/tags';
import { Empty, Loading, PageTitle, ProblemView } from '../../components/states';
import { useWide } from '../../components/useWide';
import { TaskPane } from '../task/TaskPane';
import { useFilter } from '../../lib/useSearch';
import { useLanguage } from '../../i18n';
import { BulkBar, type Refusals } from './BulkBar';
import { TaskRow } from './TaskRow';
import { useChoice } from './useChoice';
import '../../styles/bulk.css';

type View = TaskFilter['view'];

export default function TasksPage() {
  const { t, text } = useLanguage();
  const me = useSession();
  const wide = useWide();
  const navigate = useNavigate();
  const { id } = useParams();
  const { get, set, search } = useFilter();
  const leader = isLeader(me);
  const wanted = get('view');
  const view: View = wanted === 'done' || (wanted === 'team' && leader) ? wanted : 'mine';
  const due = groups.find((g) => g === get('due'));
  const filter: TaskFilter = { view, due, definition: get('definition'), unit: view === 'team' ? get('unit') : undefined, q: get('q') };
  const list = useTasks(filter);
  const definitions = useDefinitions();
  const tasks = useMemo(() => list.data?.pages.flatMap((p) => p.items) ?? [], [list.data]);
  const choice = useChoice(tasks);
  const [refusals, setRefusals] = useState<Refusals>({});
  // Another list is another choice.
  const { stop } = choice;
  useEffect(stop, [view, stop]);
  const counts = list.data?.pages[0]?.counts;
  const total = counts ? groups.reduce((sum, g) => sum + (counts[g] ?? 0), 0) : 0;
  const query = search.toString() ? `?${search.toString()}` : '';
  const filtered = !!(due || filter.definition || filter.unit || filter.q);

  // The task that comes after this one in the list, to be shown once this one is done.
  const next = (after: string) => {
    const at = tasks.findIndex((task) => task.id === after);
    const candidate = at < 0 ? tasks[0] : tasks[at + 1] ?? tasks[at - 1];
    return candidate && candidate.id !== after ? candidate.id : undefined;
  };
  const finished = (done: string) => {
    if (view !== 'mine') return;
    const following = wide ? next(done) : undefined;
    navigate(following ? `/tasks/${following}${query}` : `/tasks${query}`, { replace: true });
  };

  // Side by side, the most urgent task is open at once; its address holds it while the list moves on.
  const first = view === 'mine' && !list.isPlaceholderData ? tasks[0]?.id : undefined;
  useEffect(() => {
    if (wide && !id && first) navigate(`/tasks/${first}${query}`, { replace: true, state: { quiet: true } });
  }, [wide, id, first, query, navigate]);

  const views: { key: View; label: string }[] = [
    { key: 'mine', label: t('tasks.mine') },
    ...(leader ? [{ key: 'team' as const, label: t('tasks.team') }] : []),
    { key: 'done', label: t('tasks.done') },
  ];
  const byGroup = groups
    .map((group) => ({ group, items: tasks.filter((task) => task.dueGroup === group) }))
    .filter((g) => g.items.length > 0);
  const used = new Map<string, string>();
  definitions.data?.items.forEach((d) => used.set(d.name, text(d.title)));

  const row = (task: Task) => (
    <TaskRow key={task.id} task={task} view={view} selected={task.id === id} search={query}
      refusal={choice.has(task) ? refusals[task.id] : undefined}
      choice={choice.on ? {
        checked: choice.has(task),
        fits: choice.fits(task),
        set: (checked, range) => choice.set(task, checked, range),
      } : undefined} />
  );
  const listing = (
    <section className="inbox-list" aria-label={t('tasks.listLabel')}>
      <div className="inbox-head">
        <div className="row spread">
          {(wide && id) ? <h2 className="inbox-title">{t('nav.tasks')}</h2> : <PageTitle title={t('nav.tasks')} className="inbox-title" />}
          {view !== 'done' && tasks.length > 1 && !choice.on && (
            <Button size="small" icon={<CheckSquareOutlined aria-hidden />} onClick={() => { setRefusals({}); choice.start(); }}>{t('bulk.start')}</Button>
          )}
        </div>
        <div className="segments" role="group" aria-label={t('tasks.views')}>
          {views.map((v) => (
            <Link key={v.key} to={v.key === 'mine' ? '/tasks' : `/tasks?view=${v.key}`} aria-current={view === v.key ? 'page' : undefined}>
              {v.label}{view === v.key && counts ? <span className="count">{total}</span> : null}
            </Link>
          ))}
        </div>
        <div className="filters">
          <SearchBox label={t('tasks.search')} value={get('q') ?? ''} onChange={(q) => set({ q })} />
          <Select
            aria-label={t('nav.definitions')}
            className="filter-definition"
            value={get('definition') ?? ''}
            onChange={(value) => set({ definition: value })}
            options={[{ value: '', label: t('tasks.allDefinitions') }, ...[...used].map(([value, label]) => ({ value, label }))]}
          />
          {view === 'team' && me.units.length > 1 && (
            <Select
              aria-label={t('task.unit')}
              className="filter-definition"
              showSearch={{ optionFilterProp: 'label' }}
              value={get('unit') ?? ''}
              onChange={(value) => set({ unit: value })}
              options={[{ value: '', label: t('tasks.allUnits') }, ...me.units.map((u) => ({ value: u.id, label: text(u.name) }))]}
            />
          )}
        </div>
        {choice.on ? <BulkBar choice={choice} onRefused={setRefusals} /> : view !== 'done' && (
          <div className="chips" role="group" aria-label={t('tasks.dueFilter')}>
            <button type="button" aria-pressed={!due} onClick={() => set({ due: undefined })}>{t('app.all')} <b>{total}</b></button>
            {groups.map((g) => (
              <button key={g} type="button" className={`chip-${g}`} aria-pressed={due === g} onClick={() => set({ due: due === g ? undefined : g })}>
                <span aria-hidden>{groupIcon[g]}</span> {t(`due.${g}`)} <b>{counts?.[g] ?? 0}</b>
              </button>
            ))}
          </div>
        )}
      </div>
      <div className="inbox-scroll">
        {list.isPending ? <Loading /> : list.isError && !list.data ? <ProblemView error={list.error} retry={() => void list.refetch()} />
          : tasks.length === 0 ? (
            <Empty icon={filtered ? <FilterOutlined /> : <CheckCircleOutlined />}>
              <p>{filtered ? t('tasks.emptyFilter') : view === 'done' ? t('tasks.emptyDone') : t('tasks.empty')}</p>
              {filtered && <Button onClick={() => set({ due: undefined, definition: undefined, unit: undefined, q: undefined })}>{t('app.clearFilters')}</Button>}
            </Empty>
          ) : view === 'done' ? (
            <ul className="task-list">{tasks.map(row)}</ul>
          ) : (
            byGroup.map(({ group, items }) => (
              <section key={group} aria-labelledby={`group-${group}`}>
                <h2 id={`group-${group}`} className={`group-head group-${group}`}>
                  <span aria-hidden>{groupIcon[group as DueGroup]}</span> {t(`due.${group}`)}
                  <span className="count">{counts && !filtered ? counts[group] : items.length}</span>
                </h2>
                <ul className="task-list">{items.map(row)}</ul>
              </section>
            ))
          )}
        {list.hasNextPage && <Button block onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>{t('app.more')}</Button>}
      </div>
    </section>
  );
  if (!wide) {
    return id
      ? <TaskPane key={id} id={id} back={`/tasks${query}`} onFinished={finished} />
      : <div className="inbox">{listing}</div>;
  }
  return (
    <div className="inbox inbox-split">
      {listing}
      <div className="inbox-detail">
        {id
          ? <TaskPane key={id} id={id} onFinished={finished} />
          : <Empty>{tasks.length ? t('tasks.choose') : t('tasks.empty')}</Empty>}
      </div>
    </div>
  );
}
