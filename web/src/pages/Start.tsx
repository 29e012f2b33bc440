import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { Alert, App as AntApp, Button, Input, Select } from 'antd';
import { CheckCircleOutlined, CloseCircleOutlined, RightOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from 'react-router-dom';
import { isProblem, newKey, request } from '../api/client';
import { useDefinitions } from '../api/queries';
import type { Definition, ManyStarts, StartAnswer } from '../api/types';
import { Empty, Loading, PageTitle, ProblemView } from '../components/states';
import { LegalList } from '../components/tags';
import type { FormFault, SchemaFormHandle } from '../form/SchemaForm';
import { useLanguage } from '../i18n';
import { Section } from '../components/Section';

const SchemaForm = lazy(() => import('../form/SchemaForm'));

export default function StartPage() {
  const { t, text } = useLanguage();
  const { name } = useParams();
  const definitions = useDefinitions();
  const startable = definitions.data?.items.filter((d) => d.startable) ?? [];
  const chosen = startable.find((d) => d.name === name);
  if (definitions.isPending) return <Loading />;
  if (definitions.isError && !definitions.data) return <div className="page"><ProblemView error={definitions.error} retry={() => void definitions.refetch()} /></div>;
  return (
    <div className="page page-narrow">
      <div className="page-head">
        <PageTitle title={t('start.title')} />
        <p className="muted">{t('start.lead')}</p>
      </div>
      {chosen ? <StartForm key={chosen.name} definition={chosen} />
        : startable.length === 0 ? <Empty>{t('start.none')}</Empty>
        : (
          <ul className="pick">
            {startable.map((d) => (
              <li key={d.name}>
                <Link to={`/start/${d.name}`}>
                  <span className="grow">
                    <strong>{text(d.title)}</strong>
                    <span className="muted">{text(d.summary)}</span>
                    {d.schedule && <span className="muted small">{t('start.scheduled', { text: text(d.schedule.description) })}</span>}
                  </span>
                  <RightOutlined aria-hidden />
                </Link>
              </li>
            ))}
          </ul>
        )}
    </div>
  );
}

function StartForm({ definition }: { definition: Definition }) {
  const { t, text } = useLanguage();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { message } = AntApp.useApp();
  const units = useMemo(() => definition.startableUnits ?? [], [definition]);
  const many = units.length > 1;
  const [chosen, setChosen] = useState<string[]>(units.length === 1 ? [units[0].id] : []);
  const [data, setData] = useState<Record<string, unknown>>({});
  const [businessKey, setBusinessKey] = useState('');
  const [faults, setFaults] = useState<FormFault[]>([]);
  const [duplicate, setDuplicate] = useState<{ id: string; detail: string } | null>(null);
  const [results, setResults] = useState<ManyStarts['results'] | null>(null);
  const form = useRef<SchemaFormHandle>(null);
  const summary = useRef<HTMLDivElement>(null);
  const notice = useRef<HTMLDivElement>(null);
  const key = useRef(newKey());
  useEffect(() => {
    key.current = newKey(); // another content is another request
  }, [data, chosen, businessKey]);

  const unitName = (id: string) => text(units.find((u) => u.id === id)?.name) || id;
  const show = (found: FormFault[]) => {
    setFaults(found);
    if (found.length) setTimeout(() => summary.current?.focus());
  };
  const start = useMutation({
    mutationFn: () => {
      const body: Record<string, unknown> = { definition: definition.name, input: form.current?.data() ?? data };
      if (chosen.length > 1) body.units = chosen;
      else if (chosen.length === 1) body.unit = chosen[0];
      if (businessKey.trim() && chosen.length <= 1) body.businessKey = businessKey.trim().normalize('NFC');
      return request<StartAnswer | ManyStarts>('/instances', { method: 'POST', body, key: key.current });
    },
    onSuccess: (answer) => {
      for (const name of ['instances', 'tasks', 'overview']) void client.invalidateQueries({ queryKey: [name] });
      if ('results' in answer) {
        setResults(answer.results);
        setTimeout(() => notice.current?.focus());
        return;
      }
      void message.success(t('start.started', { title: text(definition.title) }));
      navigate(`/plans/${answer.id}`);
    },
    onError: (error) => {
      if (!isProblem(error)) return void message.error(t('error.generic'));
      if (error.status !== 0) key.current = newKey();
      if (error.status === 409 && error.body.existing) {
        setDuplicate({ id: error.body.existing.id, detail: error.message });
        setTimeout(() => notice.current?.focus());
      } else if (error.status === 422 || error.status === 400) {
        const errors = error.body.errors ?? [];
        show(errors.length
          ? form.current?.show(errors) ?? errors.map((e) => ({ id: '', message: e.message }))
          : [{ id: '', message: error.message }]);
      } else void message.error(error.status === 0 ? t('error.offlineTitle') : error.message);
    },
  });
  const submit = () => {
    setDuplicate(null);
    const found: FormFault[] = [];
    if (units.length && !chosen.length) found.push({ id: 'start-units', message: t('start.unitMissing') });
    if (definition.startForm) found.push(...(form.current?.check() ?? []));
    show(found);
    if (!found.length) start.mutate();
  };

  if (results) {
    return (
      <div ref={notice} tabIndex={-1} className="no-outline">
        <Section title={t('start.results')}>
          <ul className="results">
            {results.map((r) => {
              const first = r.problem?.existing?.id;
              return (
                <li key={r.unit} className={r.id ? 'result-ok' : 'result-no'}>
                  <span aria-hidden>{r.id ? <CheckCircleOutlined /> : <CloseCircleOutlined />}</span>
                  <span className="grow">
                    <strong>{unitName(r.unit)}</strong>
                    <span className="muted small block">{r.id ? t('start.resultOk') : `${t('start.resultNo')}: ${r.problem?.detail ?? r.problem?.title ?? ''}`}</span>
                  </span>
                  {r.id ? <Link to={`/plans/${r.id}`}>{t('start.open')}</Link> : first && <Link to={`/plans/${first}`}>{t('start.openFirst')}</Link>}
                </li>
              );
            })}
          </ul>
          <Button onClick={() => { setResults(null); setData({}); setChosen(units.length === 1 ? [units[0].id] : []); }}>{t('start.again')}</Button>
        </Section>
      </div>
    );
  }
  return (
    <form noValidate onSubmit={(e) => { e.preventDefault(); submit(); }}>
      <section className="card card-quiet chosen">
        <div className="grow">
          <h2>{text(definition.title)}</h2>
          <p className="muted">{text(definition.summary)}</p>
        </div>
        <Link to="/start">{t('start.change')}</Link>
      </section>
      {duplicate && (
        <div ref={notice} tabIndex={-1} className="no-outline">
          <Alert type="warning" showIcon role="alert" title={t('start.duplicate')}
            description={<><p>{duplicate.detail || t('start.duplicateLead')}</p><Link to={`/plans/${duplicate.id}`}>{t('start.openFirst')}</Link></>} />
        </div>
      )}
      {faults.length > 0 && (
        <div ref={summary} tabIndex={-1} className="error-summary" role="alert">
          <h2>{t('task.fixTitle')}</h2>
          <ul>{faults.map((f, i) => (
            <li key={i}>{f.id ? <a href={`#${f.id}`} onClick={(e) => { e.preventDefault(); document.getElementById(f.id)?.focus(); }}>{f.message}</a> : f.message}</li>
          ))}</ul>
        </div>
      )}
      {units.length > 0 && (
        <Section title={t('start.step2')}>
          {many ? (
            <div className="field">
              <label htmlFor="start-units">{t('start.units')}</label>
              <Select id="start-units" className="wide" mode="multiple" showSearch={{ optionFilterProp: 'label' }} maxTagCount={12}
                value={chosen} onChange={setChosen} options={units.map((u) => ({ value: u.id, label: text(u.name) }))} />
              <div className="row">
                <button type="button" className="text-button" onClick={() => setChosen(units.map((u) => u.id))}>{t('start.allUnits', { count: units.length })}</button>
                {chosen.length > 0 && <button type="button" className="text-button" onClick={() => setChosen([])}>{t('start.clearUnits')}</button>}
              </div>
            </div>
          ) : <p><strong>{text(units[0].name)}</strong></p>}
        </Section>
      )}
      <Section title={t('start.step3')}>
        {definition.startForm ? (
          <Suspense fallback={<Loading />}>
            <SchemaForm ref={form} spec={definition.startForm} value={data} onChange={setData} />
          </Suspense>
        ) : <p className="muted">{t('start.noForm')}</p>}
        {chosen.length <= 1 && (
          <details className="advanced">
            <summary>{t('start.advanced')}</summary>
            <div className="field">
              <label htmlFor="business-key">{t('start.key')}</label>
              <Input id="business-key" value={businessKey} maxLength={200} aria-describedby="key-help" onChange={(e) => setBusinessKey(e.target.value)} />
              <p id="key-help" className="muted small">{t('start.keyHelp')}</p>
            </div>
          </details>
        )}
      </Section>
      {definition.legalBasis?.length > 0 && <Section title={t('task.legal')}><LegalList items={definition.legalBasis} /></Section>}
      <div className="form-foot">
        <Button type="primary" size="large" htmlType="submit" loading={start.isPending}>
          {chosen.length > 1 ? t('start.submitMany', { count: chosen.length }) : t('start.submit')}
        </Button>
      </div>
    </form>
  );
}
